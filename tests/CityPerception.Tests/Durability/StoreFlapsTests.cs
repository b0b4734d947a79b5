using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>A store that comes and goes: the network to it, or the process itself.</summary>
public sealed class StoreFlapsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_NetworkUpAndDown_LosesNothing()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        await using Server server = await store.StartServerAsync();
        GatewayLoad load = GatewayLoad.Start(server);
        for (int flap = 0; flap < 3; flap++)
        {
            await GrowsAsync(server, "cityperception_dispatch_lines_written_total");
            store.Network.Down(); // in the middle of whatever is under way
            await GrowsAsync(server, "cityperception_dispatch_retries");
            store.Network.Up();
        }

        Assert.Equal(0, load.Refused + load.Disconnected);
        await store.AssertKeptAsync(server, load);
    }

    [Fact]
    public async Task Ingest_StoreKilledAndStartedAgain_LosesNothing()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        if (!store.Influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        await using Server server = await store.StartServerAsync();
        GatewayLoad load = GatewayLoad.Start(server);
        for (int kill = 0; kill < 2; kill++)
        {
            await GrowsAsync(server, "cityperception_dispatch_lines_written_total");
            await store.Influx.StopAsync();
            await GrowsAsync(server, "cityperception_dispatch_retries");
            await store.Influx.StartAgainAsync(Ct);
        }

        Assert.Equal(0, load.Refused + load.Disconnected);
        await store.AssertKeptAsync(server, load);
    }

    private static async Task GrowsAsync(Server server, string metric)
    {
        double before = await server.MetricAsync(metric);
        await Until.TrueAsync($"{metric} grows", async () => await server.MetricAsync(metric) > before, Ct);
    }
}
