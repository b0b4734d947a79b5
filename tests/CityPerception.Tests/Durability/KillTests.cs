using System.Globalization;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>
/// The promise: whatever was acknowledged is kept, exactly once, also when processes are killed at any moment. One load
/// client goes on over MQTT and HTTP while the server dies and comes back; in the end its ledger is held against the store.
/// </summary>
/// <remarks>
/// CITYPERCEPTION_TEST_KILLS says how often to kill (5; half as often where InfluxDB is killed too, which takes longer),
/// CITYPERCEPTION_TEST_SEED repeats the choice of moments.
/// </remarks>
public sealed class KillTests
{
    /// <summary>A round ends after at most so many messages: some in the start, some in the first commits, some under full load.</summary>
    private const int MostMessages = 15_000;

    private static readonly int Kills = Number("CITYPERCEPTION_TEST_KILLS") ?? 5;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_UnderLoadAgainAndAgain_KeepsWhatWasAcknowledgedOnce()
    {
        using var data = new TempFolder();
        Random random = Seeded();
        int[] ports = FreePort.Take(2);
        await using LoadClient load = Load(ports);
        for (int round = 0; round < Kills; round++)
        {
            await using Server server = await StartAsync(data, ports);
            await AcknowledgedAsync(server, random.Next(MostMessages));
            await server.KillAsync();
        }

        await using Server last = await StartAsync(data, ports);
        await AcknowledgedAsync(last, 1000);
        AssertSurvived(await load.StopAsync());
        await last.WaitUntilDrainedAsync();
        Assert.Equal(0, (await last.StopAsync()).ExitCode);
        (bool holds, string printed) = await load.VerifyAsync(data.Path);
        Assert.True(holds, printed);
        TestContext.Current.TestOutputHelper!.WriteLine(printed);
    }

    [Fact]
    public async Task Kill_ServerAndInfluxDb_KeepsWhatWasAcknowledgedOnce()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to kill.");
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, InfluxServer.NewDatabaseName());
        using var data = new TempFolder();
        Random random = Seeded();
        int[] ports = FreePort.Take(2);
        await using LoadClient load = Load(ports);
        for (int round = 0; round < (Kills + 1) / 2; round++)
        {
            await using Server server = await StartAsync(data, ports, set, environment);
            await AcknowledgedAsync(server, random.Next(MostMessages));
            await influx.StopAsync();
            await AcknowledgedAsync(server, random.Next(MostMessages)); // nobody waits for the store
            if (random.Next(2) == 0) await influx.StartAgainAsync(Ct);
            await server.KillAsync();
            if (!influx.IsRunning) await influx.StartAgainAsync(Ct);
        }

        await using Server last = await StartAsync(data, ports, set, environment);
        AssertSurvived(await load.StopAsync());
        await last.WaitUntilDrainedAsync();
        (bool holds, string printed) = await load.VerifyAsync(data.Path, set, environment);
        Assert.True(holds, printed);
        TestContext.Current.TestOutputHelper!.WriteLine(printed);
    }

    private static Task<Server> StartAsync(TempFolder data, int[] ports, string[]? set = null, (string, string)[]? environment = null) =>
        Server.StartAsync(data.Path, null, [$"Mqtt:Port={ports[0]}", $"Http:Url=http://127.0.0.1:{ports[1]}", .. set ?? []], environment);

    // Of every two connections one is MQTT; half of the others posts single messages, half of them lines.
    private static LoadClient Load(int[] ports) => LoadClient.Start(
        "--target", $"mqtt://127.0.0.1:{ports[0]}", "--target", $"http://127.0.0.1:{ports[1]}/ingest",
        "--target", $"mqtt://127.0.0.1:{ports[0]}", "--target", $"http://127.0.0.1:{ports[1]}/write",
        "--connections", "8", "--devices", "200", "--batch", "50", "--window", "500", "--mqtt", "5", "--bad-every", "40");

    private static Task AcknowledgedAsync(Server server, int messages) => Until.TrueAsync(
        $"{messages} messages are acknowledged", async () => await server.MetricAsync("cityperception_ingest_acknowledged_total") >= messages, Ct);

    private static void AssertSurvived(JsonElement sums)
    {
        Assert.Equal((0, 0), (sums.GetProperty("unanswered").GetInt64(), sums.GetProperty("denied").GetInt64()));
        // Or the kills hit nothing: each takes at least the MQTT connections with it, and what they had under way.
        Assert.True(sums.GetProperty("reconnects").GetInt64() >= Kills && sums.GetProperty("sent_again").GetInt64() > 0, sums.ToString());
        Assert.True(sums.GetProperty("rejected").GetInt64() > 0, sums.ToString());
    }

    // Written down, so that a failure can be run again.
    private static Random Seeded()
    {
        int seed = Number("CITYPERCEPTION_TEST_SEED") ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CITYPERCEPTION_TEST_SEED={seed}"));
        return new Random(seed);
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
