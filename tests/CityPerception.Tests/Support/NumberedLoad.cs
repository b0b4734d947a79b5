using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using CityPerception.TestKit;
using MQTTnet;

namespace CityPerception.Tests.Support;

/// <summary>
/// Sends numbered observations as fast as a server takes them, over MQTT with many in flight and over HTTP, and remembers
/// which the server acknowledged. A number is sent once: what is found later was sent, and nothing makes up for a loss.
/// </summary>
internal sealed class NumberedLoad
{
    private const int MqttConnections = 3, InFlightEach = 100, HttpSenders = 4, LinesOfARequest = 3;

    /// <summary>The time of number 0; each further number is a millisecond later, which is what tells the points apart.</summary>
    private const long FirstMs = 1_760_000_000_000;

    private readonly ConcurrentDictionary<long, bool> _sent = new(), _acknowledged = new();
    private long _next;
    private volatile bool _ending;

    /// <summary>Every number that has left.</summary>
    public IEnumerable<long> Sent => _sent.Keys;

    /// <summary>The numbers that the server has promised to keep.</summary>
    public IEnumerable<long> Acknowledged => _acknowledged.Keys;

    public int AcknowledgedCount => _acknowledged.Count;

    /// <summary>A message of such a number is bad on purpose: its value is text.</summary>
    public static bool IsBad(long number) => number % 40 == 7;

    /// <summary>The value that a number's point has.</summary>
    public static double ValueOf(long number) => number % 100;

    public static long TimeNs(long number) => (FirstMs + number) * 1_000_000;

    public static long NumberOf(long timeNs) => timeNs / 1_000_000 - FirstMs;

    public static string Message(long number) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"deviceId":"AQ-{{{number % 90:00000}}}","ts":{{{FirstMs + number}}},"data":{"pm25":{{{(IsBad(number) ? "\"high\"" : ValueOf(number))}}}}}""");

    /// <summary>The same observation as line protocol in milliseconds, which is good whatever the number.</summary>
    public static string Line(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"noise,device=NO-{number % 7},district=140403 leq={ValueOf(number)} {FirstMs + number}\n");

    /// <summary>Sends until the predicate holds, then ends the server, and returns when every sender has noticed.</summary>
    public async Task RunAsync(Server server, int acknowledgedMore, Func<Task> end, CancellationToken cancellationToken)
    {
        _ending = false;
        int enough = AcknowledgedCount + acknowledgedMore;
        Task[] senders =
        [
            .. Enumerable.Range(0, MqttConnections).Select(i => PublishAsync(server, i, cancellationToken)),
            .. Enumerable.Range(0, HttpSenders).Select(_ => PostMessagesAsync(server)),
            .. Enumerable.Range(0, HttpSenders).Select(_ => PostLinesAsync(server)),
        ];
        Task all = Task.WhenAll(senders);
        Task failed = Task.WhenAny(senders).Unwrap(); // nobody ends before the server does
        await Task.WhenAny(failed, Until.TrueAsync($"{acknowledgedMore} acknowledged", () => AcknowledgedCount >= enough, cancellationToken)).Unwrap();
        _ending = true;
        await end();
        await all;
    }

    private async Task PublishAsync(Server server, int connection, CancellationToken cancellationToken)
    {
        IMqttClient client = await MqttSender.ConnectAsync(server.MqttPort, $"load-{connection}", cancellationToken);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, InFlightEach).Select(_ => SendAllAsync(1, async (first, _) =>
            {
                MqttClientPublishResult answer = await client.PublishAsync(MqttSender.Message("city/aq/AQ-00001/telemetry", Message(first)), CancellationToken.None);
                return IsBad(first) ? answer.ReasonCode == MqttClientPublishReasonCode.PayloadFormatInvalid : answer.IsSuccess;
            })));
        }
        finally
        {
            Leave(client);
        }
    }

    // The server is going at this moment: MQTTnet's client may be taking its own parts down already, and then its Dispose throws.
    private void Leave(IMqttClient client)
    {
        try
        {
            client.Dispose();
        }
        catch (ObjectDisposedException) when (_ending)
        {
            // It is what was wanted.
        }
    }

    private Task PostMessagesAsync(Server server) => SendAllAsync(1, async (first, _) =>
    {
        using HttpResponseMessage answer = await server.PostAsync("/ingest/air-station", Message(first));
        return answer.StatusCode == (IsBad(first) ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Accepted);
    });

    private Task PostLinesAsync(Server server) => SendAllAsync(LinesOfARequest, async (first, count) =>
    {
        var lines = new StringBuilder();
        for (long number = first; number < first + count; number++)
            lines.Append(Line(number));
        using HttpResponseMessage answer = await server.PostAsync("/api/v2/write?precision=ms", lines.ToString());
        return answer.StatusCode == HttpStatusCode.NoContent;
    });

    // One after the other, until the server is gone.
    private async Task SendAllAsync(int count, Func<long, int, Task<bool>> send)
    {
        while (!_ending)
        {
            long first = Interlocked.Add(ref _next, count) - count;
            for (long number = first; number < first + count; number++) _sent[number] = true;
            try
            {
                bool acknowledged = await send(first, count);
                Assert.True(acknowledged || _ending, $"number {first} was answered otherwise than it should be");
                if (!acknowledged) return;
                for (long number = first; number < first + count; number++) _acknowledged[number] = true;
            }
            catch (Exception e) when (_ending && e is not Xunit.Sdk.XunitException)
            {
                return; // the connection broke: nothing is known about this one
            }
        }
    }
}
