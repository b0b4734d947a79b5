using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Polly;

namespace CityPerception.Simulation;

/// <summary>
/// One MQTT 5 connection, of a device or shared by several: QoS 1, a bounded number of messages in flight. A message leaves
/// this class when its PUBACK came; whatever a broken connection left open is published again, in order, before
/// anything newer.
/// </summary>
internal sealed class MqttSender
{
    /// <summary>In flight on a connection, if the broker allows as many (mosquitto: 20).</summary>
    private const int Window = 64;

    private readonly MqttClientFactory _factory = new();
    private readonly Queue<Outgoing> _again = new();
    private readonly ResiliencePipeline<int> _connecting;
    private readonly SimulationCounters _counters;
    private readonly ILogger _logger;
    private readonly MqttClientOptions _options;
    private readonly string _server;
    private Task<bool>? _more;
    private bool _away;

    public MqttSender(SimulationOptions options, MqttLogin login, TimeProvider clock, SimulationCounters counters, ILogger logger)
    {
        _counters = counters;
        _logger = logger;
        _server = $"{(options.MqttTls ? "mqtts" : "mqtt")}://{options.MqttHost}:{options.MqttPort}";
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(options.MqttHost, options.MqttPort)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId($"city-simulator-{options.Seed}-{login.Client}")
            .WithCleanStart()
            .WithTimeout(TimeSpan.FromSeconds(10))
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(30));
        if (login.User is { } user) builder.WithCredentials(user, login.Password);
        if (options.MqttTls) builder.WithTlsOptions(new MqttClientTlsOptions { UseTls = true, TargetHost = options.MqttHost, TrustChain = options.Authorities });
        _options = builder.Build();
        _connecting = Persistence.Of<int>(clock, o => o.Exception is { } e && IsAway(e), o => Away(o.Exception!.Message));
    }

    /// <summary>Sends what the channel brings until it is completed and everything is acknowledged.</summary>
    public async Task RunAsync(ChannelReader<Outgoing> messages, CancellationToken cancellationToken)
    {
        while (true)
        {
            using IMqttClient client = _factory.CreateMqttClient();
            int window = await _connecting.ExecuteAsync(async c => await ConnectAsync(client, c), cancellationToken);
            if (_away) _logger.ServerBack(_server);
            _away = false;
            if (await PumpAsync(client, window, messages, cancellationToken)) return;
        }
    }

    private async Task<int> ConnectAsync(IMqttClient client, CancellationToken cancellationToken)
    {
        MqttClientConnectResult result = await client.ConnectAsync(_options, cancellationToken);
        if (result.ResultCode is not MqttClientConnectResultCode.Success)
            throw new MqttCommunicationException($"the broker answered CONNECT with {result.ResultCode} {result.ReasonString}");
        return result.ReceiveMaximum is ushort most and > 0 ? Math.Min((int)most, Window) : Window;
    }

    /// <summary>Publishes until the end (true) or until the connection breaks (false).</summary>
    private async Task<bool> PumpAsync(IMqttClient client, int window, ChannelReader<Outgoing> messages, CancellationToken cancellationToken)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var inFlight = new Queue<(Outgoing Message, Task<MqttClientPublishResult> Answer)>();
        try
        {
            for (bool ended = false; ;)
            {
                while (inFlight.Count < window && TryTake(messages, out Outgoing? message))
                    inFlight.Enqueue((message, PublishAsync(client, message, connection.Token)));

                if (!ended && inFlight.Count < window)
                {
                    _more ??= messages.WaitToReadAsync(cancellationToken).AsTask();
                    await (inFlight.TryPeek(out var oldest) ? Task.WhenAny(oldest.Answer, _more) : (Task)_more);
                    if (_more.IsCompleted)
                    {
                        ended = !await _more;
                        _more = null;
                    }

                    if (inFlight.Count == 0 || !inFlight.Peek().Answer.IsCompleted) continue;
                }

                if (inFlight.Count == 0) return await LeaveAsync(client, cancellationToken);
                Count(inFlight.Peek().Message, await inFlight.Peek().Answer); // in the order of publishing, as brokers answer
                inFlight.Dequeue();
            }
        }
        catch (Exception e) when (IsAway(e) && !cancellationToken.IsCancellationRequested)
        {
            Away(e.Message);
            await connection.CancelAsync();
            await TakeBackAsync(inFlight);
            return false;
        }
    }

    // Async, so that the client's complaint about a lost connection is the message's answer: thrown at once, it would
    // leave the message in neither queue.
    private static async Task<MqttClientPublishResult> PublishAsync(IMqttClient client, Outgoing message, CancellationToken cancellationToken) =>
        await client.PublishAsync(ToMqtt(message), cancellationToken);

    private bool TryTake(ChannelReader<Outgoing> messages, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Outgoing? message)
    {
        if (_again.TryDequeue(out message))
        {
            _counters.Resent();
            return true;
        }

        if (!messages.TryRead(out message)) return false;
        _counters.Sent(message);
        return true;
    }

    /// <summary>What has no answer goes before everything that waits already.</summary>
    private async Task TakeBackAsync(Queue<(Outgoing Message, Task<MqttClientPublishResult> Answer)> inFlight)
    {
        var waiting = _again.ToList();
        _again.Clear();
        foreach ((Outgoing message, Task<MqttClientPublishResult> answer) in inFlight)
        {
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answer.IsCompletedSuccessfully) Count(message, await answer);
            else _again.Enqueue(message);
        }

        waiting.ForEach(_again.Enqueue);
    }

    private void Count(Outgoing message, MqttClientPublishResult answer)
    {
        if (answer.IsSuccess)
        {
            _counters.Acknowledged();
            return;
        }

        string why = $"{answer.ReasonCode} {answer.ReasonString}".TrimEnd();
        _counters.Refused($"{message.Topic}: {why}");
        _logger.MessageRefused(_server, message.Source, why);
    }

    private static async Task<bool> LeaveAsync(IMqttClient client, CancellationToken cancellationToken)
    {
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);
        return true;
    }

    private void Away(string reason)
    {
        if (!_away) _logger.ServerAway(_server, reason);
        _away = true;
    }

    private static MqttApplicationMessage ToMqtt(Outgoing message) => new()
    {
        Topic = message.Topic,
        Payload = new ReadOnlySequence<byte>(message.Payload),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };

    // A client that lost its connection answers with any of these; OperationCanceledException is its timeout.
    private static bool IsAway(Exception e) => e is MqttCommunicationException or MqttClientNotConnectedException
        or MqttClientDisconnectedException or MqttProtocolViolationException or SocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
