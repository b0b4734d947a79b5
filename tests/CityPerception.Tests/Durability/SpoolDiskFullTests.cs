using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>The disk under the spool is full: nobody is promised anything, everybody is told, and it goes on by itself when there is room.</summary>
public sealed class SpoolDiskFullTests
{
    private const int ManyLines = 1000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_DiskFilledByOthers_WaitsUntilThereIsRoomAndLosesNothing()
    {
        using var data = new TempFolder();
        using SmallDisk disk = SmallDisk.Mount(data.File("spool"), megabytes: 32);
        GatewayLoad load;
        await using (Server server = await Server.StartAsync(data.Path))
        {
            load = GatewayLoad.Start(server);
            await load.AcknowledgedAsync(1000);
            disk.Fill();
            await Until.TrueAsync("senders over HTTP are told to come again", () => load.Refused > 4, Ct);
            await Until.TrueAsync("connections of MQTT senders end without a PUBACK", () => load.Disconnected > 2, Ct);
            (string status, string reason) = await server.ReadyAsync("spool");
            Assert.Equal("unhealthy", status);
            Assert.Contains("nothing is acknowledged", reason, StringComparison.Ordinal);
            Assert.Contains("No space left on device", reason, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(1, await server.MetricAsync("cityperception_spool_failed"));

            HashSet<long> before = [.. load.Acknowledged];
            long refused = load.Refused;
            await Until.TrueAsync("they come again, and again", () => load.Refused > refused + 50, Ct);
            await Until.TrueAsync("the disk is tried again", () => server.Printed.Contains("The spool still cannot be opened", StringComparison.Ordinal), Ct);
            Assert.DoesNotContain(load.Acknowledged.Except(before), number => !NumberedLoad.IsBad(number)); // dead letters are on another disk
            Assert.Contains("spool/probe'", server.Printed, StringComparison.Ordinal);
            Assert.DoesNotContain("The spool works again", server.Printed, StringComparison.Ordinal);
            disk.MakeRoom();
            await load.AcknowledgedAsync(1000);
            await load.FinishAsync();
            await server.WaitUntilDrainedAsync();
            Assert.Equal(("healthy", "writable"), await server.ReadyAsync("spool"));
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        load.AssertKept(await Kept.InDuckDbAsync(data.Path));
    }

    // Nobody takes anything away here: what the store takes over must make the room, although it all lies in one segment.
    [Fact]
    public async Task Ingest_DiskFilledByTheSpoolItself_GoesOnWhenTheStoreIsBack()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(store.Data, "spool"), megabytes: 4);
        await using Server server = await store.StartServerAsync();
        store.Network.Down();
        GatewayLoad load = GatewayLoad.Start(server);
        await load.AcknowledgedAsync(500);
        int lines = 0;
        while (await PostManyAsync(server, lines)) lines += ManyLines;
        await Until.TrueAsync("the disk is full for everybody", () => load.Refused > 4, Ct);
        await Until.TrueAsync("and stays so", () => server.Printed.Contains("The spool still cannot be opened", StringComparison.Ordinal), Ct);

        store.Network.Up();
        int again = lines;
        await Until.TrueAsync("as much again is taken", async () => (again += await PostManyAsync(server, again) ? ManyLines : 0) > 2 * lines, Ct);
        await store.AssertKeptAsync(server, load);
        List<(long, double)> stored = await Kept.PointsAsync(store.Influx, store.Database, "air_quality", "pm10");
        Assert.Equal(again, stored.Count);
    }

    // Lines that are long, so that few fill the disk.
    private static async Task<bool> PostManyAsync(Server server, int first)
    {
        string device = new('D', 100);
        string body = string.Concat(Enumerable.Range(first, ManyLines).Select(n => $"air_quality,device={device},district=140403 pm10=50 {1_750_000_000 + n}\n"));
        using HttpResponseMessage answer = await server.PostAsync("/api/v2/write?precision=s", body);
        return answer.IsSuccessStatusCode;
    }
}
