using System.Buffers;
using CityPerception.Core.Text.Masking;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Sparkplug;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace CityPerception.Sources.Mqtt;

/// <summary>The embedded broker: MQTTnet's server on our connections.</summary>
internal sealed class Broker : IHostedService, IDisposable
{
    private readonly MqttServer _server;
    private readonly MqttIngest _ingest;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<Broker> _logger;
    private readonly SparkplugHost _host;
    private readonly SparkplugSender _commands;
    // Of what we publish ourselves; a name that no client can know.
    private readonly string _self = $"cityperception-{Guid.NewGuid():N}";
    private Task _stopping = Task.CompletedTask;

    public Broker(BrokerConnections connections, MqttIngest ingest, Subscriptions subscriptions, IOptions<MqttOptions> options, IHostApplicationLifetime lifetime, SparkplugHost host, SparkplugSender commands, DeviceGate gate, ILogger<Broker> logger)
    {
        (_host, _commands) = (host, commands);
        _ingest = ingest;
        _lifetime = lifetime;
        _logger = logger;
        MqttServerOptions serverOptions = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithDefaultCommunicationTimeout(options.Value.ConnectTimeout)
            .WithPersistentSessions()
            .Build();
        _server = new MqttServer(serverOptions, [connections], new BrokerLogger(logger));
        _server.ApplicationMessageNotConsumedAsync += KeepUnknownAsync;
        _server.InterceptingPublishAsync += RefuseSystemTopics;
        _server.InterceptingSubscriptionAsync += args => Done(() =>
        {
            if (MaySubscribe(gate, args)) subscriptions.Add(args.ClientId, args.TopicFilter.Topic);
        });
        _server.ClientUnsubscribedTopicAsync += args => Done(() => subscriptions.Remove(args.ClientId, args.TopicFilter));
        _server.SessionDeletedAsync += args => Done(() => subscriptions.RemoveAll(args.Id));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync();
        _commands.Add(PublishAsync);
        if (_host.Message(isOnline: true, _host.Now) is { } online) await PublishAsync(online, cancellationToken);
        // Kestrel waits for connections to end before it lets hosted services stop, so they are told to go here.
        _lifetime.ApplicationStopping.Register(() => _stopping = StopServerAsync());
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopping.WaitAsync(cancellationToken);

    public void Dispose() => _server.Dispose();

    private async Task StopServerAsync()
    {
        if (!_server.IsStarted) return;
        if (_host.Message(isOnline: false, _host.Now) is { } offline)
        {
            await PublishAsync(offline, CancellationToken.None);
            await WaitUntilSentAsync();
        }

        await _server.StopAsync(new MqttServerStopOptions
        {
            DefaultClientDisconnectOptions = new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown },
        });
    }

    // Stopping throws away what is queued for clients. Twice, since what has just left a queue is on its way; and not for
    // ever, since a client may take nothing.
    private async Task WaitUntilSentAsync()
    {
        const int Looks = 100;
        for (int look = 0, empty = 0; look < Looks && empty < 2; look++)
        {
            bool isEmpty = (await _server.GetClientsAsync()).All(c => c.Session.PendingApplicationMessagesCount == 0);
            empty = isEmpty ? empty + 1 : 0;
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private Task PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken) =>
        _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = _self }, cancellationToken);

    private bool MaySubscribe(DeviceGate gate, InterceptingSubscriptionEventArgs args)
    {
        if (!gate.IsRequired || new OwnTopics(ClientIds.DeviceOf(args.ClientId)).MaySubscribe(args.TopicFilter.Topic)) return true;
        _logger.SubscriptionRefused(args.ClientId, args.TopicFilter.Topic);
        args.ProcessSubscription = false;
        args.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized; // MQTT 3.1.1 has 0x80 for all of these
        return false;
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private async Task KeepUnknownAsync(ApplicationMessageNotConsumedEventArgs args)
    {
        MqttApplicationMessage message = args.ApplicationMessage;
        if (args.SenderId == _self || _ingest.IsIngestTopic(message.Topic)) return; // ours, or its source has it
        if (_logger.IsEnabled(LogLevel.Debug)) _logger.TopicWithoutSource(PersonalData.Mask(message.Topic));
        try
        {
            await _ingest.KeepUnknownAsync(message.Topic, message.Payload.ToArray(), message.UserProperties, message.QualityOfServiceLevel > MqttQualityOfServiceLevel.AtMostOnce, CancellationToken.None);
        }
        catch (IOException e)
        {
            // MQTTnet would log this and acknowledge all the same. A client that is disconnected sends again.
            _logger.DisconnectedUnacknowledged(args.SenderId, e.Message);
            await _server.DisconnectClientAsync(args.SenderId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.ServerBusy });
        }
    }

    // Topics that begin with $ are the broker's own (MQTT 5.0, 4.7.2).
    private static Task RefuseSystemTopics(InterceptingPublishEventArgs args)
    {
        if (!args.ApplicationMessage.Topic.StartsWith('$')) return Task.CompletedTask;
        args.ProcessPublish = false;
        args.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
        return Task.CompletedTask;
    }

    /// <summary>MQTTnet's log in ours. What peers do is at Debug: it is a metric or their own fault.</summary>
    private sealed class BrokerLogger(ILogger logger) : IMqttNetLogger
    {
        public bool IsEnabled => logger.IsEnabled(LogLevel.Debug);

        public void Publish(MqttNetLogLevel logLevel, string source, string message, object[]? parameters, Exception? exception)
        {
            if (logLevel >= MqttNetLogLevel.Warning) logger.BrokerSays(exception, source, parameters is { Length: > 0 } ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, parameters) : message);
        }
    }
}
