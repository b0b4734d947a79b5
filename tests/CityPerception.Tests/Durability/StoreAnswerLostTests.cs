using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>The store has written a batch, and its answer is lost: the batch is written again, which must not be seen.</summary>
public sealed class StoreAnswerLostTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_AnswersLost_StoresEachPointOnce()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        await using Server server = await store.StartServerAsync();
        GatewayLoad load = GatewayLoad.Start(server);
        await FarInflux.InUseAsync(server);

        store.Network.LoseAnswers(3);
        await load.AcknowledgedAsync(1000);
        await Until.TrueAsync("all of them are lost", () => store.Network.AnswersToLose <= 0, Ct);

        await Until.TrueAsync("each is tried again", async () => await server.MetricAsync("cityperception_dispatch_retries") >= 3, Ct);
        await store.AssertKeptAsync(server, load);
    }
}
