using System.Globalization;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>The promise: whatever was acknowledged is kept, also when the process is killed at any moment.</summary>
public sealed class KillTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_UnderLoadAgainAndAgain_KeepsWhatWasAcknowledgedOnce()
    {
        using var data = new TempFolder();
        var load = new NumberedLoad();
        var random = new Random(Seed());
        for (int round = 0; round < 4; round++)
        {
            await using Server server = await Server.StartAsync(data.Path);
            await load.RunAsync(server, random.Next(50, 3000), server.KillAsync, Ct);
        }

        await using Server last = await Server.StartAsync(data.Path);
        await last.WaitUntilDrainedAsync();
        Assert.Equal(0, (await last.StopAsync()).ExitCode);
        Kept kept = await Kept.InDuckDbAsync(data.Path);
        kept.AssertHolds(load);
    }

    [Fact]
    public async Task Kill_UnderLoadIntoInfluxDb_KeepsWhatWasAcknowledged()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        string database = InfluxServer.NewDatabaseName();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var data = new TempFolder();
        var load = new NumberedLoad();
        await using (Server server = await Server.StartAsync(data.Path, null, set, environment))
            await load.RunAsync(server, new Random(Seed()).Next(50, 3000), server.KillAsync, Ct);

        await using Server again = await Server.StartAsync(data.Path, null, set, environment);
        await again.WaitUntilDrainedAsync();

        (await Kept.InInfluxDbAsync(influx, database, data.Path)).AssertHolds(load);
    }

    // Written down, so that a failure can be run again.
    private static int Seed()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        return seed;
    }
}
