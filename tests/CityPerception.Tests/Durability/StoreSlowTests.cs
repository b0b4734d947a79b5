using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>A store that takes its time: senders do not feel it, and what waits is in the spool and not in memory.</summary>
public sealed class StoreSlowTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_StoreDoesNotAnswerAndThenSlowly_IsAcknowledgedMeanwhileAndStored()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        await using Server server = await store.StartServerAsync();
        GatewayLoad load = GatewayLoad.Start(server);
        await FarInflux.InUseAsync(server);

        store.Network.HoldAnswers();
        await load.AcknowledgedAsync(3000);
        await Until.TrueAsync("they wait in the spool", async () => await server.MetricAsync("cityperception_spool_lines_waiting") > 2000, Ct); // some were under way already

        store.Network.AnswerDelay = TimeSpan.FromSeconds(2);
        store.Network.ReleaseAnswers();
        double written = await server.MetricAsync("cityperception_dispatch_lines_written_total");
        await load.AcknowledgedAsync(1000);
        await Until.TrueAsync("the slow store has taken some", async () => await server.MetricAsync("cityperception_dispatch_lines_written_total") > written, Ct);
        Assert.Equal(0, await server.MetricAsync("cityperception_dispatch_retries")); // slow is no failure
        Assert.Equal(0, load.Refused + load.Disconnected);

        await load.FinishAsync();
        store.Network.AnswerDelay = TimeSpan.Zero;
        await store.AssertKeptAsync(server, load);
    }

    [Fact]
    public async Task Ingest_StoreSlowerThanItMay_IsRepeatedAndStoredOnce()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        await using Server server = await store.StartServerAsync(["Dispatch:WriteTimeout=00:00:01"]);
        GatewayLoad load = GatewayLoad.Start(server);
        await FarInflux.InUseAsync(server);
        store.Network.AnswerDelay = TimeSpan.FromSeconds(2); // each batch is written, and each time nobody hears of it

        await Until.TrueAsync("it is given up and tried again", async () => await server.MetricAsync("cityperception_dispatch_retries", "timeout") >= 2, Ct);
        await load.AcknowledgedAsync(500);

        store.Network.AnswerDelay = TimeSpan.Zero;
        await store.AssertKeptAsync(server, load);
    }
}
