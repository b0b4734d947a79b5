using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Simulation;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.External;

/// <summary>The promise over a broker of somebody else's: what it acknowledged to its publishers ends in the store, once, whoever is killed.</summary>
public sealed class ExternalBrokerDurabilityTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_WorkerUnderLoadAgainAndAgain_LosesNothing()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync("allow_anonymous true\nmax_inflight_messages 500");
        using var data = new TempFolder();
        var load = new BrokerLoad(broker.Port);
        using var stopping = new CancellationTokenSource();
        Task publishing = Task.CompletedTask;
        for (int round = 0; round < 3; round++)
        {
            await using Server server = await Worker.StartAsync(data.Path, broker.Port);
            if (round == 0) publishing = load.RunAsync(stopping.Token); // from the first subscription on
            await AtWorkAsync(server, Random.Shared.Next(50, 2000));
            await server.KillAsync();
        }

        await stopping.CancelAsync();
        await publishing;
        await AssertHoldsAsync(load, data.Path, broker);
    }

    // mosquitto writes its messages down when it is asked to stop, not with each acknowledgement: after SIGKILL it has lost
    // what it had promised to its publishers, and nobody who takes from it can make up for that.
    [Fact]
    public async Task Stop_MosquittoUnderLoadAgainAndAgain_LosesNothing()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync("allow_anonymous true\nmax_inflight_messages 500");
        using var data = new TempFolder();
        var load = new BrokerLoad(broker.Port);
        using var stopping = new CancellationTokenSource();
        await using (Server server = await Worker.StartAsync(data.Path, broker.Port))
        {
            Task publishing = load.RunAsync(stopping.Token);
            for (int round = 0; round < 3; round++)
            {
                await AtWorkAsync(server, Random.Shared.Next(50, 2000));
                await broker.StopAsync();
                await Until.TrueAsync("readiness says it", async () => (await server.ReadyAsync("external-broker")).Status == "degraded", Ct);
                await broker.StartAgainAsync();
                await Worker.WaitUntilConnectedAsync(server);
            }

            await stopping.CancelAsync();
            await publishing;
            Assert.Equal(0, await server.MetricAsync("cityperception_broker_sessions_lost_total"));
            Assert.InRange(server.Printed.Split('\n').Count(line => line.Contains("BrokerState", StringComparison.Ordinal)), 2, 3 * 5); // not one an attempt
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        await AssertHoldsAsync(load, data.Path, broker);
    }

    [Fact]
    public async Task Kill_Mosquitto_IsSubscribedToAgainAndTheLostSessionsAreTold()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await using Server server = await Worker.StartAsync(data.Path, broker.Port);

        await broker.KillAsync(); // it has written nothing down yet
        await Until.TrueAsync("readiness says it", async () => (await server.ReadyAsync("external-broker")).Status == "degraded", Ct);
        await broker.StartAgainAsync();
        await Worker.WaitUntilConnectedAsync(server);

        Assert.Equal(4, await server.MetricAsync("cityperception_broker_sessions_lost_total"));
        Assert.Contains("what it had queued for us is gone", server.Printed, StringComparison.Ordinal);
        await new BrokerLoad(broker.Port).PublishAsync(5, Ct);
        await Worker.WaitUntilStoredAsync(server, 5);
    }

    [Fact]
    public async Task Ingest_SpoolFull_AcknowledgesNothingKeepsTheConnectionAndDeliversLater()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using var relay = new BrokerRelay(broker.Port);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null,
            [.. set, .. FullSpool.Small, $"Mqtt:Broker=mqtt://127.0.0.1:{relay.Port}", "Mqtt:Connections=1", "Mqtt:KeepAlive=00:00:01"], environment);
        await Worker.WaitUntilConnectedAsync(server);
        await FullSpool.FillAsync(server);

        var load = new BrokerLoad(broker.Port);
        await load.PublishAsync(100, Ct);
        await Until.TrueAsync("the first of them is read", async () => await server.MetricAsync("cityperception_ingest_messages_total", "mqtt") >= 1, Ct);
        int before = relay.Pings;
        await Until.TrueAsync("several keep-alive times have gone by", () => relay.Pings >= before + 3, Ct);
        Assert.Equal(0, await server.MetricAsync("cityperception_ingest_acknowledged_total", "mqtt"));
        Assert.Equal(0, await server.MetricAsync("cityperception_broker_connections_lost_total"));

        await influx.StartAgainAsync(Ct);
        await Until.TrueAsync("all are acknowledged", async () => await server.MetricAsync("cityperception_ingest_acknowledged_total", "mqtt") == load.AcknowledgedCount, Ct);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(0, await server.MetricAsync("cityperception_broker_connections_lost_total"));
    }

    private static Task AtWorkAsync(Server server, int messages) =>
        Until.TrueAsync($"{messages} messages are taken", async () => await server.MetricAsync("cityperception_ingest_acknowledged_total", "mqtt") >= messages, Ct);

    private static async Task AssertHoldsAsync(BrokerLoad load, string data, Mosquitto broker)
    {
        // One session is left, and a last message goes through it: whatever the broker had for us has come before.
        await using (Server last = await Worker.StartAsync(data, broker.Port, null, "Mqtt:Connections=1"))
        {
            await Until.TrueAsync("the other sessions are ended", () => Worker.Sessions(data).Count == 1, Ct);
            await Tool.RunAsync("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", "city/noise/NO-1/telemetry", "-m", "the last");
            await Until.TrueAsync("the last message is acknowledged", async () => await last.MetricAsync("cityperception_ingest_acknowledged_total", "noise") == 1, Ct);
            await last.WaitUntilDrainedAsync();
            Assert.Equal(0, (await last.StopAsync()).ExitCode);
        }

        HashSet<long> kept = [.. await Worker.StoredAsync(data)];
        List<long> lost = [.. load.Acknowledged.Where(n => !kept.Contains(n))];
        Assert.True(lost.Count == 0, $"{lost.Count} of {load.AcknowledgedCount} acknowledged by the broker and lost: {string.Join(", ", lost.Order().Take(10))}");
    }
}
