using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Observability;
using CityPerception.Rollups;
using CityPerception.Storage.Dispatch;
using CityPerception.TestKit;
using CityPerception.Tests.Sources;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Upkeep;

/// <summary>What a source sent in a minute, as a point and as a KPI.</summary>
public sealed class IngestStatTests(IngestStatTests.Server server) : IClassFixture<IngestStatTests.Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RejectRate_OfGoodAndBadMessages_IsTheirShare()
    {
        // A minute of its own: the rate is the city's, so what the other tests send would count in it.
        DateTimeOffset past = TimeProvider.System.GetUtcNow().AddMinutes(-15), minute = new(past.UtcTicks - past.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        for (int i = 0; i < 9; i++)
        {
            HttpResponseMessage taken = await server.Http.PostAsJsonAsync("/ingest/grid-incident", new { caseId = $"ST-{i}", state = "reported", time = minute, category = "event.appearance", district = "140430", text = "垃圾堆积" }, Ct);
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        }

        HttpResponseMessage refused = await server.Http.PostAsJsonAsync("/ingest/grid-incident", new { caseId = "ST-X" }, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);

        await server.Stats.WriteAsync(minute, Ct);
        await server.Stats.WriteAsync(minute, Ct); // nothing came since: no point
        Point point = Assert.Single(await server.PointsAsync("ingest_stat", new Filter.Tag("source", ["grid-incident"])));
        // Two observations of each: the incident, and the step of its case.
        Assert.Equal((18L, 19L, 1L), ((long)point.Fields["accepted"], (long)point.Fields["received"], (long)point.Fields["rejected"]));
        Assert.Equal("platform", point.Tags["sense"]);

        JsonElement points = default;
        await Until.TrueAsync("the KPI has the minute", async () =>
        {
            await server.Jobs.RunAsync("iot", "1m", Ct);
            string range = $"from={Uri.EscapeDataString(minute.ToString("O"))}&to={Uri.EscapeDataString(minute.AddMinutes(1).ToString("O"))}";
            points = (await server.Http.GetFromJsonAsync<JsonElement>("/api/channels/iot/kpis/reject_rate/series?window=1m&" + range, Ct)).GetProperty("points");
            return points.GetArrayLength() == 1;
        }, Ct);
        Assert.Equal(100 / 19d, points[0].GetProperty("value").GetDouble(), 9);
    }

    /// <summary>A repeat, one out of order and one from a clock that is ahead, of four observations of a device.</summary>
    [Fact]
    public async Task Quality_OfADevicesObservations_IsCountedByDistrict()
    {
        const string District = "140423";
        DateTimeOffset now = TimeProvider.System.GetUtcNow(), past = now.AddMinutes(-5), minute = new(past.UtcTicks - past.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        long second = now.ToUnixTimeSeconds();
        foreach (long time in new[] { second - 2, second - 2, second - 90, second + 200 })
        {
            using var line = new StringContent($"weather,device=Q1,district={District} temperature=5 {time}");
            Assert.Equal(HttpStatusCode.NoContent, (await server.Http.PostAsync("/write?precision=s", line, Ct)).StatusCode);
        }

        await Until.TrueAsync("the dispatcher has seen them", () => server.Watch.Counts.Any(static c => c.District == District && c.Read().Seen == 4), Ct);
        await server.Stats.WriteAsync(minute, Ct);
        Point point = Assert.Single(await server.PointsAsync("ingest_stat", new Filter.Tag("district", [District])));
        Assert.Equal([("ahead", 1L), ("duplicate", 1L), ("late", 1L), ("seen", 4L)], point.Fields.Select(static f => (f.Key, (long)f.Value)));
        Dictionary<string, long> delays = (await server.PointsAsync("ingest_delay", new Filter.Tag("district", [District]))).ToDictionary(static p => p.Tags["bound"], static p => (long)p.Fields["count"]);
        Assert.Equal(4, delays.Values.Sum());
        Assert.Equal(1, delays.Where(static d => d.Key is "120" or "300").Sum(static d => d.Value)); // that of the one sent late

        JsonElement shown = default;
        await Until.TrueAsync("the KPI has the minute", async () =>
        {
            await server.Jobs.RunAsync("iot", "1m", Ct);
            string range = $"from={Uri.EscapeDataString(minute.ToString("O"))}&to={Uri.EscapeDataString(minute.AddMinutes(1).ToString("O"))}";
            shown = (await server.Http.GetFromJsonAsync<JsonElement>($"/api/channels/iot/kpis/duplicate_rate/series?window=1m&district={District}&" + range, Ct)).GetProperty("points");
            return shown.GetArrayLength() == 1;
        }, Ct);
        Assert.Equal(25, shown[0].GetProperty("value").GetDouble());
    }

    [Fact]
    public async Task Stop_InTheMiddleOfAMinute_WritesWhatWasCounted()
    {
        using var data = new TempFolder();
        DateTimeOffset began = TimeProvider.System.GetUtcNow();
        await using (Support.Server first = await Support.Server.StartAsync(data.Path, set: ["IngestStats:Enabled=true"]))
        {
            using HttpResponseMessage taken = await first.PostAsync("/write?precision=s", "weather,device=W1 temperature=5\nweather,device=W2 temperature=6");
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
            Assert.Equal(0, (await first.StopAsync()).ExitCode);
        }

        await using (Support.Server second = await Support.Server.StartAsync(data.Path)) // stores what the first left in the spool
        {
            await second.WaitUntilDrainedAsync();
            Assert.Equal(0, (await second.StopAsync()).ExitCode);
        }

        List<(long TimeNs, double Accepted)> points = await Kept.PointsAsync(data.Path, "ingest_stat", "accepted");
        Assert.Equal(2, points.Sum(p => p.Accepted));
        Assert.All(points, p => Assert.InRange(p.TimeNs, began.AddMinutes(-1).ToUnixNs(), TimeProvider.System.UnixNs()));
    }

    public sealed class Server : CityServer
    {
        internal IngestStatWriter Stats => Part<IngestStatWriter>();

        internal RollupJobs Jobs => Part<RollupJobs>();

        internal ArrivalWatch Watch => Part<ArrivalWatch>();
    }
}
