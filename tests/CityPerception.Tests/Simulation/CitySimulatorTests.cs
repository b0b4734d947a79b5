using System.Text.Json;
using CityPerception.Simulation;
using CityPerception.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.Simulation;

/// <summary>The simulator against a real mosquitto and a real HTTP server.</summary>
public sealed class CitySimulatorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BrokerAndServer_EverythingArrivesAndTheCountsAddUp()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using IngestEndpoint server = await IngestEndpoint.StartAsync();
        await using var listener = new Listener();
        await listener.ConnectAsync(broker.Port);
        await using Running city = Start(broker.Port, server.Url);

        await Until.TrueAsync("hundreds of messages on both ways", () => listener.Received.Count > 500 && server.Taken.Count > 50, Ct);
        SimulationCounts counts = await city.StopAsync();
        await Until.TrueAsync("what was acknowledged arrived", () => listener.Received.Count + server.Taken.Count >= counts.Acknowledged, Ct);

        Assert.Equal((0, 0), (counts.Waiting, counts.Refused));
        Assert.Equal(counts.Sent, counts.BySource.Values.Sum());
        Assert.Equal(counts.Sent, listener.Received.Distinct().Count() + server.Taken.Count);
        foreach ((string topic, string payload) in listener.Received) AssertTopicBelongs(topic, payload);
        Assert.All(server.Taken.GroupBy(t => t.Source), s => Assert.True(counts.BySource[s.Key] >= s.Count()));
    }

    [Fact]
    public async Task Run_BrokerStoppedAndStartedAgain_NothingIsLost()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using var listener = new Listener();
        await listener.ConnectAsync(broker.Port);
        await using Running city = Start(broker.Port, url: null);
        await Until.TrueAsync("messages", () => listener.Received.Count > 300, Ct);

        await broker.StopAsync();
        await Until.TrueAsync("messages without an answer", () => city.Counts.Waiting > 0, Ct);
        await broker.StartAgainAsync();
        await listener.ConnectAsync(broker.Port);
        long before = city.Counts.Acknowledged;
        await Until.TrueAsync("sending again", () => city.Counts.Acknowledged > before + 300, Ct);
        SimulationCounts counts = await city.StopAsync();
        await Until.TrueAsync("every message arrived", () => listener.Received.Distinct().Count() >= counts.Sent, Ct);

        Assert.Equal(0, counts.Waiting);
        Assert.True(counts.Resent > 0, "nothing had to be sent again: the test did not hit anything in flight");
        // Each air station counts its messages: a gap would be a loss.
        foreach (IGrouping<string, int> station in listener.Received.Where(r => r.Topic.StartsWith("city/aq/", StringComparison.Ordinal))
            .Select(r => JsonDocument.Parse(r.Payload).RootElement)
            .GroupBy(d => d.GetProperty("deviceId").GetString()!, d => d.GetProperty("seq").GetInt32()))
        {
            Assert.Equal(Enumerable.Range(1, station.Max()), station.Distinct().Order());
        }
    }

    [Fact]
    public async Task Run_BrokerKilled_ResumesAndWaitsForNothing()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using Running city = Start(broker.Port, url: null);
        await Until.TrueAsync("messages", () => city.Counts.Acknowledged > 200, Ct);

        await broker.KillAsync();
        await broker.StartAgainAsync();
        long before = city.Counts.Acknowledged;
        await Until.TrueAsync("sending again", () => city.Counts.Acknowledged > before + 200, Ct);

        Assert.Equal(0, (await city.StopAsync()).Waiting);
    }

    [Fact]
    public async Task Run_NobodyThereYet_SendsWhenTheServerComes()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await broker.StopAsync();
        await using Running city = Start(broker.Port, url: null);
        await broker.StartAgainAsync();
        await Until.TrueAsync("messages", () => city.Counts.Acknowledged > 100, Ct);
    }

    [Fact]
    public async Task Run_ServerBusyAtFirst_PostsAgainInOrder()
    {
        await using IngestEndpoint server = await IngestEndpoint.StartAsync();
        int left = 10;
        Func<HttpContext, string, IResult> takes = server.Answer;
        server.Answer = (context, source) => Interlocked.Decrement(ref left) >= 0 ? Results.StatusCode(503) : takes(context, source);
        await using Running city = Start(port: null, server.Url);

        await Until.TrueAsync("a case in several states", () => server.Taken.Count(t => t.Source == "grid-incident") > 30, Ct);
        SimulationCounts counts = await city.StopAsync();

        Assert.Equal((10, 0, 0), (counts.Resent, counts.Waiting, counts.Refused));
        foreach (IGrouping<string, string> states in server.Taken.Where(t => t.Source == "grid-incident").Select(t => JsonDocument.Parse(t.Body).RootElement)
            .GroupBy(d => d.GetProperty("caseId").GetString()!, d => d.GetProperty("time").GetString()!))
        {
            Assert.Equal(states.Order(StringComparer.Ordinal), states);
        }
    }

    [Fact]
    public async Task Run_ServerRefuses_CountsAndSaysWhy()
    {
        await using IngestEndpoint server = await IngestEndpoint.StartAsync();
        server.Answer = (context, source) => context.Request.Headers.Authorization != "Bearer secret"
            ? Results.Text("who are you?", statusCode: 401)
            : source == "hotline-ticket"
                ? Results.Text("no such source", statusCode: 404)
                : Results.Json(new { accepted = 0, rejected = new[] { new { index = 0, reason = "value_missing" } } }, statusCode: 202);
        await using Running city = Start(port: null, server.Url, o => o.Token = "secret");

        await Until.TrueAsync("answers of both kinds", () => city.Counts is { Refused: > 3, Acknowledged: > 3 }, Ct);
        SimulationCounts counts = await city.StopAsync();

        Assert.Equal(counts.BySource["hotline-ticket"], counts.Refused);
        Assert.Equal(counts.Acknowledged, counts.ElementsRejected);
        Assert.Equal("hotline-ticket: 404 no such source", counts.LastRefusal);
    }

    [Fact]
    public void Constructor_NobodyToSendTo_SaysSo() =>
        Assert.Throws<ArgumentException>(() => new CitySimulator(new SimulationOptions { MqttHost = null, HttpUrl = null }, TimeProvider.System, NullLogger.Instance));

    private static Running Start(int? port, Uri? url, Action<SimulationOptions>? change = null)
    {
        SimulationOptions options = City.Options();
        options.Rate = 400;
        options.Speed = 20_000;
        (options.MqttHost, options.MqttPort, options.HttpUrl) = (port is null ? null : "127.0.0.1", port ?? 1, url);
        change?.Invoke(options);
        return new Running(options);
    }

    private static void AssertTopicBelongs(string topic, string payload)
    {
        string[] levels = topic.Split('/');
        switch (levels[1])
        {
            case "aq":
                Assert.Contains($"\"deviceId\":\"{levels[2]}\"", payload, StringComparison.Ordinal);
                break;
            case "noise":
                Assert.StartsWith("NM-", levels[2], StringComparison.Ordinal);
                break;
            case "grid":
                Assert.Equal("events", levels[3]);
                Assert.Contains($"\"district\":\"{levels[2][1..7]}\"", payload, StringComparison.Ordinal);
                break;
            case "telegraf":
                Assert.Contains($"gateway={levels[2]} ", payload, StringComparison.Ordinal);
                break;
            default:
                Assert.Contains(levels[1], new[] { "water", "manhole", "lamp", "flood", "weather", "senml" });
                Assert.Contains($"{levels[2]}", payload, StringComparison.Ordinal);
                break;
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly CitySimulator _city;
        private readonly Task _run;

        public Running(SimulationOptions options)
        {
            _city = new CitySimulator(options, TimeProvider.System, NullLogger.Instance);
            _run = _city.RunAsync(_stop.Token);
        }

        public SimulationCounts Counts => _city.Counts;

        public async Task<SimulationCounts> StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
            return _city.Counts;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }
    }
}
