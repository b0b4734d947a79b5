using System.Net;
using CityPerception.Core.Queries;
using CityPerception.Rollups;
using CityPerception.Tests.Sources;
using CityPerception.Upkeep;
using Hangfire;
using Hangfire.Storage;

namespace CityPerception.Tests.Upkeep;

/// <summary>What a server deletes by itself.</summary>
public sealed class RetentionJobTests(RetentionJobTests.Server server) : IClassFixture<RetentionJobTests.Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_OfTheDay_TakesWhatIsOlderThanRaw()
    {
        using IStorageConnection connection = server.Jobs.GetConnection();
        Assert.Contains("retention", connection.GetRecurringJobs().Select(j => j.Id));
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var lines = new StringContent($"weather,device=R1 temperature=1 {now - (500 * 86_400)}\nweather,device=R1 temperature=2 {now}");
        Assert.Equal(HttpStatusCode.NoContent, (await server.Http.PostAsync("/write?precision=s", lines, Ct)).StatusCode);
        Assert.Equal(2, (await server.PointsOfAsync("R1", "weather")).Count);

        // It is computed first.
        foreach (string window in new[] { "1m", "1h", "1d" }) await server.Rollups.RunAsync("iot", window, Ct);
        await server.Retention.RunAsync(Ct);

        Point kept = Assert.Single(await server.PointsOfAsync("R1", "weather"));
        Assert.Equal(2d, kept.Fields["temperature"]);
    }

    public sealed class Server : CityServer
    {
        internal RetentionJob Retention => Part<RetentionJob>();

        internal RollupJobs Rollups => Part<RollupJobs>();

        internal JobStorage Jobs => Part<JobStorage>();
    }
}
