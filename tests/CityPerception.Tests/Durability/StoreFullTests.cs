using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>A store whose disk is full, InfluxDB's and DuckDB's: the spool carries what it does not take.</summary>
public sealed class StoreFullTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_DiskOfInfluxDbFull_WaitsSaysWhyAndDeliversLater()
    {
        using var folder = new TempFolder();
        using SmallDisk disk = SmallDisk.Mount(folder.File("influx"), megabytes: 32);
        await using FarInflux store = await FarInflux.StartAsync(disk.Folder);
        if (!store.Influx.IsOurs) Assert.Skip("The disk of the given InfluxDB is not ours to fill.");
        await using Server server = await store.StartServerAsync(["Dispatch:BehindAfter=00:00:01"]);
        GatewayLoad load = GatewayLoad.Start(server);
        await FarInflux.InUseAsync(server);

        disk.Fill();
        await Until.TrueAsync("the log repeats the server's words", () => server.Printed.Contains("no space left on device", StringComparison.Ordinal), Ct);
        await Until.TrueAsync("the store's part is degraded", async () => (await server.ReadyAsync("store")).Status == "degraded", Ct);
        await load.AcknowledgedAsync(1000);
        Assert.Equal(0, load.Refused + load.Disconnected);

        disk.MakeRoom();
        await store.Influx.StopAsync(); // 1.6.7 goes on saying that there is no space until it is started again
        await store.Influx.StartAgainAsync(Ct);
        await store.AssertKeptAsync(server, load);
    }

    [Fact]
    public async Task Ingest_DiskOfDuckDbFull_WaitsSaysWhyAndDeliversLater()
    {
        using var data = new TempFolder();
        using SmallDisk disk = SmallDisk.Mount(data.File("store"), megabytes: 32);
        GatewayLoad load;
        string file = Path.Combine(disk.Folder, "cityperception.duckdb");
        await using (Server server = await Server.StartAsync(
            data.Path, null, [$"Store:DuckDb:Path={file}", "Dispatch:BehindAfter=00:00:01", "Dispatch:MaxRetryDelay=00:00:00.500", "Dispatch:BreakDuration=00:00:00.500"]))
        {
            load = GatewayLoad.Start(server);
            await load.AcknowledgedAsync(200);
            await Until.TrueAsync("the store is in use", async () => await server.MetricAsync("cityperception_dispatch_lines_written_total") > 0, Ct);

            disk.Fill();
            await Until.TrueAsync("the log says why", () => server.Printed.Contains("No space left on device", StringComparison.OrdinalIgnoreCase), Ct);
            await Until.TrueAsync("the store's part is degraded", async () => (await server.ReadyAsync("store")).Status == "degraded", Ct);
            await load.AcknowledgedAsync(1000);
            Assert.Equal(0, load.Refused + load.Disconnected);

            disk.MakeRoom();
            await load.FinishAsync();
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        load.AssertKept(await Kept.InDuckDbAsync(data.Path, file));
    }
}
