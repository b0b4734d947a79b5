using CityPerception.TestKit;
using CityPerception.Tests.Hosting;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Observability;

public sealed class OwnMetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfTwoServersInOneProcess_AreEachItsOwn()
    {
        string config = RepositoryFolder.Find("ingest-configs");
        await using TestServer first = await TestServer.StartAsync(config, []), second = await TestServer.StartAsync(config, []);
        using (await first.Client.PostAsync("/ingest/nobody", new StringContent("{}"), Ct))
        {
            Assert.Equal(1, await MetricsPage.SumAsync(first.Client, "cityperception_ingest_messages_total"));
            Assert.Equal(0, await MetricsPage.SumAsync(second.Client, "cityperception_ingest_messages_total"));
            Assert.True(await MetricsPage.SumAsync(second.Client, "dotnet_process_memory_working_set_bytes") > 0); // those of the process are everybody's
        }
    }
}
