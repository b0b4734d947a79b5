using System.Text.Json;
using CityPerception.Simulation.Load;
using CityPerception.TestKit;
using Microsoft.AspNetCore.Http;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Simulation.Load;

/// <summary>The load client against a real mosquitto and a real HTTP server.</summary>
public sealed class LoadRunTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, MqttProtocolVersion.V311)]
    [InlineData(1, MqttProtocolVersion.V311)]
    [InlineData(1, MqttProtocolVersion.V500)]
    [InlineData(2, MqttProtocolVersion.V311)]
    [InlineData(2, MqttProtocolVersion.V500)]
    public async Task Run_ToABroker_EachMessageArrivesAndIsCounted(int qos, MqttProtocolVersion version)
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using var listener = new Listener();
        await listener.ConnectAsync(broker.Port);

        LoadReport report = await RunAsync(Options(broker) with { Qos = qos, Protocol = version, Messages = 1001, Window = 20 }); // mosquitto drops what QoS 2 has under way beyond 20

        await Until.TrueAsync("all arrive", () => listener.Received.Count >= 1001, Ct);
        Assert.Equal((1001, qos == 0 ? 0 : 1001, 0, 0), (report.Counts.Sent, report.Counts.Acknowledged, report.Counts.Denied, report.Counts.Again));
        Assert.Equal(qos == 0 ? 0 : 1001, report.Latency.Count);
        Assert.Equal(1001, listener.Received.Select(r => r.Payload).Distinct().Count());
        Assert.All(listener.Received, r => Assert.Contains($"\"deviceId\":\"{r.Topic.Split('/')[2]}\"", r.Payload, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_BrokerKilledAndStartedAgain_SendsAgainWhatWasNotAcknowledged()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var folder = new TempFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        long acknowledged = 0;
        Task<LoadReport> run = new LoadRun(Options(broker) with { LedgerFile = folder.File("ledger") }, null, TimeProvider.System)
            .RunAsync(r => Volatile.Write(ref acknowledged, r.Counts.Acknowledged), stop.Token);
        await Until.TrueAsync("the load runs", () => Volatile.Read(ref acknowledged) > 100, Ct);
        await broker.KillAsync();
        await broker.StartAgainAsync();
        long before = Volatile.Read(ref acknowledged);
        await Until.TrueAsync("the load goes on", () => Volatile.Read(ref acknowledged) > before, Ct);
        await stop.CancelAsync();

        LoadReport report = await run;
        Assert.Equal(report.Counts.Sent, report.Counts.Acknowledged);
        Assert.True(report.Counts is { Again: > 0, Reconnects: > 0 }, report.ToString());
        LedgerBook book = LedgerBook.Read(folder.File("ledger"));
        Assert.Equal(report.Counts.Sent, book.Accounts.Sum(a => a.Sent));
        Assert.Equal(report.Counts.Again, book.Accounts.Sum(a => a.Again.Values.Sum()));
        Assert.All(book.Accounts, a => Assert.Equal(Enumerable.Repeat(true, (int)a.Sent), a.Acknowledged.Cast<bool>().Take((int)a.Sent)));
    }

    [Fact]
    public async Task Run_NobodyThere_SaysWhyAndEndsWhenItIsTold()
    {
        Assert.True(LoadTarget.TryParse($"mqtt://127.0.0.1:{FreePort.Take()}", out LoadTarget? target));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        string? trouble = null;
        Task<LoadReport> run = new LoadRun(new LoadOptions { Targets = [target], Devices = 2, Connections = 2 }, null, TimeProvider.System)
            .RunAsync(r => Volatile.Write(ref trouble, r.Trouble), stop.Token);
        await Until.TrueAsync("it says why", () => Volatile.Read(ref trouble)?.Contains("refused", StringComparison.OrdinalIgnoreCase) == true, Ct);
        await stop.CancelAsync();

        LoadReport report = await run;
        Assert.Equal(0, report.Counts.Sent);
        Assert.Equal(trouble, report.Trouble); // and not that it was told to stop
    }

    [Fact]
    public async Task Run_ServerBusyThenRefusing_PostsAgainAndCountsEachFate()
    {
        await using IngestEndpoint server = await IngestEndpoint.StartAsync();
        int left = 3;
        Func<HttpContext, string, IResult> takes = server.Answer;
        server.Answer = (context, source) => Interlocked.Decrement(ref left) switch
        {
            >= 0 => Results.StatusCode(503),
            -2 => Results.StatusCode(422),
            -3 => Results.Text("who are you?", statusCode: 401),
            _ => takes(context, source),
        };
        Assert.True(LoadTarget.TryParse(server.Url.ToString(), out LoadTarget? target));

        LoadReport report = await RunAsync(new LoadOptions { Targets = [target], Devices = 3, Connections = 1, Messages = 10 });

        Assert.Equal(new LoadCounts(Sent: 10, Acknowledged: 8, Rejected: 1, Denied: 1, Again: 3, Reconnects: 0), report.Counts);
        Assert.Contains("401 who are you?", report.Trouble, StringComparison.Ordinal);
        Assert.Equal(8, server.Taken.Select(t => JsonDocument.Parse(t.Body).RootElement.GetProperty("ts").GetInt64() + t.Body).Distinct().Count());
        Assert.All(server.Taken, t => Assert.Equal("air-station", t.Source));
    }

    [Theory]
    [InlineData("mqtt://127.0.0.1:1884", LoadTargetKind.Mqtt, "mqtt://127.0.0.1:1884/")]
    [InlineData("mqtts://city.example", LoadTargetKind.Mqtt, "mqtts://city.example/")]
    [InlineData("wss://city.example/mqtt", LoadTargetKind.Mqtt, "wss://city.example/mqtt")]
    [InlineData("http://127.0.0.1:8080", LoadTargetKind.Ingest, "http://127.0.0.1:8080/ingest/air-station")]
    [InlineData("http://127.0.0.1:8080/ingest/", LoadTargetKind.Ingest, "http://127.0.0.1:8080/ingest/air-station")]
    [InlineData("https://city.example/api/v2/write?precision=ns", LoadTargetKind.Lines, "https://city.example/api/v2/write?precision=ns")]
    internal void TryParse_Address_TellsWhereItGoes(string text, LoadTargetKind kind, string url)
    {
        Assert.True(LoadTarget.TryParse(text, out LoadTarget? target));
        Assert.Equal((kind, url), (target.Kind, target.Url.AbsoluteUri));
    }

    [Theory]
    [InlineData("127.0.0.1:1883")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1/somewhere")]
    [InlineData("mqtt://user:password@127.0.0.1")]
    public void TryParse_Other_IsRefused(string text) => Assert.False(LoadTarget.TryParse(text, out _));

    private static LoadOptions Options(Mosquitto broker)
    {
        Assert.True(LoadTarget.TryParse($"mqtt://127.0.0.1:{broker.Port}", out LoadTarget? target));
        return new LoadOptions { Targets = [target], Devices = 10, Connections = 3 };
    }

    private static Task<LoadReport> RunAsync(LoadOptions options) => new LoadRun(options, null, TimeProvider.System).RunAsync(_ => { }, Ct);
}
