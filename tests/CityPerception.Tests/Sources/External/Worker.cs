using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.DeadLetters;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.External;

/// <summary>The product as a worker of somebody else's broker.</summary>
internal static class Worker
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts it and waits until it has its subscriptions.</summary>
    public static async Task<Server> StartAsync(string data, int brokerPort, string? config = null, params string[] set)
    {
        Server server = await Server.StartAsync(data, config, [$"Mqtt:Broker=mqtt://127.0.0.1:{brokerPort}", .. set]);
        await WaitUntilConnectedAsync(server);
        return server;
    }

    public static Task WaitUntilConnectedAsync(Server server) =>
        Until.TrueAsync("the worker is connected", async () => (await server.ReadyAsync("external-broker")).Status == "healthy", Ct);

    /// <summary>The numbers that are stored in the embedded database of a stopped worker; each must be there once and with its value.</summary>
    public static async Task<long[]> StoredAsync(string data)
    {
        List<(long TimeNs, double Value)> points = await Kept.PointsAsync(data, "air_quality", "pm25");
        Assert.All(points, p => Assert.Equal(NumberedLoad.ValueOf(NumberedLoad.NumberOf(p.TimeNs)), p.Value));
        long[] numbers = [.. points.Select(p => NumberedLoad.NumberOf(p.TimeNs))];
        Assert.Distinct(numbers);
        return numbers;
    }

    /// <summary>Waits until so many messages are stored.</summary>
    public static async Task WaitUntilStoredAsync(Server server, int lines) =>
        await Until.TrueAsync($"{lines} lines are stored", async () => await server.MetricAsync("cityperception_dispatch_lines_written_total") >= lines, Ct);

    /// <summary>The reason and topic of each dead letter.</summary>
    public static (RejectionReason Reason, string? Topic)[] Letters(string data) =>
        [.. LetterAccess.Reader(data).Read(new DeadLetterFilter { Limit = int.MaxValue }, Ct).Letters.Select(l => (l.Rejections[0].Reason, l.Topic))];

    /// <summary>The sessions that the worker says its broker may have, with their topic filters.</summary>
    public static Dictionary<string, string[]> Sessions(string data)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "mqtt-sessions.json")));
        return file.RootElement.GetProperty("brokers").EnumerateObject().Single().Value.EnumerateObject().ToDictionary(s => s.Name, s => s.Value.EnumerateArray().Select(f => f.GetString()!).ToArray());
    }
}
