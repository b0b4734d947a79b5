using System.Collections.Concurrent;
using System.Net;
using CityPerception.TestKit;
using MQTTnet;

namespace CityPerception.Tests.Support;

/// <summary>
/// Senders that do as gateways must: what is not acknowledged they send again, until it is. The numbers, and which of them
/// are bad on purpose, are <see cref="NumberedLoad"/>'s. Once acknowledged a number is never sent again, so that nothing
/// makes up for a false promise.
/// </summary>
internal sealed class GatewayLoad
{
    private const int MqttConnections = 2, InFlightEach = 20, HttpSenders = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50); // before the same again

    private readonly ConcurrentDictionary<long, bool> _acknowledged = new();
    private readonly Server _server;
    private readonly Task _sending;
    private long _next, _refused, _disconnected;
    private volatile bool _ending;

    private GatewayLoad(Server server, bool badOnes)
    {
        _server = server;
        _next = -1;
        BadOnes = badOnes;
        _sending = Task.WhenAll(
        [
            .. Enumerable.Range(0, MqttConnections).Select(PublishAsync),
            .. Enumerable.Range(0, HttpSenders).Select(_ => SendAllAsync(PostMessageAsync)),
            .. Enumerable.Range(0, HttpSenders).Select(_ => SendAllAsync(PostLineAsync)),
        ]);
    }

    /// <summary>Whether some of the messages are to be refused.</summary>
    public bool BadOnes { get; }

    public IReadOnlyCollection<long> Acknowledged => [.. _acknowledged.Keys];

    public int AcknowledgedCount => _acknowledged.Count;

    /// <summary>Answers that told an HTTP sender to come again.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>MQTT connections that ended with messages unacknowledged.</summary>
    public long Disconnected => Volatile.Read(ref _disconnected);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Begins to send.</summary>
    public static GatewayLoad Start(Server server, bool badOnes = true) => new(server, badOnes);

    /// <summary>Returns when so many more are acknowledged.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        int enough = AcknowledgedCount + more;
        Task acknowledged = Until.TrueAsync($"{more} more are acknowledged", () => AcknowledgedCount >= enough, Ct);
        await await Task.WhenAny(acknowledged, _sending); // no sender ends by itself, but for a failure
    }

    /// <summary>No new numbers; returns when everything sent is acknowledged.</summary>
    public async Task FinishAsync()
    {
        _ending = true;
        await _sending.WaitAsync(TimeSpan.FromMinutes(1), Ct);
    }

    /// <summary>Whatever was sent is stored or a dead letter.</summary>
    public void AssertKept(Kept kept) => kept.AssertHolds(Acknowledged, Acknowledged, lettersOnce: false);

    private async Task PublishAsync(int connection)
    {
        var unacknowledged = new ConcurrentQueue<long>();
        while (!_ending || !unacknowledged.IsEmpty)
        {
            try
            {
                using IMqttClient client = await MqttSender.ConnectAsync(_server.MqttPort, $"gateway-{connection}", Ct);
                await Task.WhenAll(Enumerable.Range(0, InFlightEach).Select(_ => PublishAsync(client, unacknowledged)));
            }
            catch (Exception e) when (!Ct.IsCancellationRequested && e is not Xunit.Sdk.XunitException)
            {
                Interlocked.Increment(ref _disconnected);
                await Task.Delay(Pause, Ct);
            }
        }
    }

    private async Task PublishAsync(IMqttClient client, ConcurrentQueue<long> unacknowledged)
    {
        while (unacknowledged.TryDequeue(out long number) || (!_ending && (number = Next()) >= 0))
        {
            try
            {
                MqttClientPublishResult answer = await client.PublishAsync(MqttSender.Message("city/aq/AQ-00001/telemetry", NumberedLoad.Message(number)), Ct);
                Assert.Equal(NumberedLoad.IsBad(number) ? MqttClientPublishReasonCode.PayloadFormatInvalid : MqttClientPublishReasonCode.Success, answer.ReasonCode);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                unacknowledged.Enqueue(number);
                throw;
            }

            _acknowledged[number] = true;
        }
    }

    private Task<HttpResponseMessage> PostMessageAsync(long number) => _server.PostAsync("/ingest/air-station", NumberedLoad.Message(number));

    private Task<HttpResponseMessage> PostLineAsync(long number) => _server.PostAsync("/api/v2/write?precision=ms", NumberedLoad.Line(number));

    private async Task SendAllAsync(Func<long, Task<HttpResponseMessage>> send)
    {
        while (!_ending)
        {
            for (long number = Next(); !await SendAsync(send, number);) await Task.Delay(Pause, Ct);
        }
    }

    private async Task<bool> SendAsync(Func<long, Task<HttpResponseMessage>> send, long number)
    {
        using HttpResponseMessage answer = await send(number);
        if (answer.StatusCode is HttpStatusCode.ServiceUnavailable)
        {
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, "503 without Retry-After");
            Interlocked.Increment(ref _refused);
            return false;
        }

        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Accepted, HttpStatusCode.NoContent, HttpStatusCode.UnprocessableEntity]);
        _acknowledged[number] = true;
        return true;
    }

    private long Next()
    {
        long number;
        do number = Interlocked.Increment(ref _next);
        while (!BadOnes && NumberedLoad.IsBad(number));
        return number;
    }
}
