using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Scanning;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.FieldReports;

/// <summary>How long photos are kept, by the command of a running server and without one.</summary>
public sealed class PhotoRetentionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retention_OfPhotos_TakesThoseOfCasesThatEndedLongAgoAndThoseWithoutAReport(bool withServer)
    {
        using var data = new TempFolder();
        using var config = new ConfigCopy();
        config.Replace("city.yaml", "photos: 180d", "photos: 5d");
        Guid ended = Guid.NewGuid(), justEnded = Guid.NewGuid(), open = Guid.NewGuid(), unsent = Guid.NewGuid(), fresh = Guid.NewGuid();
        Server server = await Server.StartAsync(data.Path, config.Path);
        try
        {
            await ReportAsync(server, ended, endedDaysAgo: 6);
            await ReportAsync(server, justEnded, endedDaysAgo: 4);
            await ReportAsync(server, open, endedDaysAgo: null);
            foreach (Guid photo in (Guid[])[unsent, fresh]) await PutAsync(server, photo);
            await server.WaitUntilDrainedAsync();
            await Until.TrueAsync("the cases ended", async () => (await server.Http.GetFromJsonAsync<JsonElement>("/api/cases?source=grid-report&open=false", Ct)).GetProperty("cases").GetArrayLength() == 2, Ct);
            foreach (string file in Photos(data).Where(f => !f.EndsWith(Name(fresh), StringComparison.Ordinal))) File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-20));
            if (!withServer) await server.StopAsync();

            JsonElement would = await RetainAsync(data, config, "--dry-run");
            Assert.Equal((1, 1), (would.GetProperty("ended").GetInt32(), would.GetProperty("unsent").GetInt32()));
            Assert.Equal(5, Photos(data).Length);
            JsonElement did = await RetainAsync(data, config);
            Assert.Equal((1, 1), (did.GetProperty("ended").GetInt32(), did.GetProperty("unsent").GetInt32()));
            Assert.InRange(did.GetProperty("bytes").GetInt64(), 500, 100_000);
            Assert.Equal(new[] { Name(justEnded), Name(open), Name(fresh) }.Order(), Photos(data).Select(Path.GetFileName).Order());
            Assert.Equal(2, Directory.GetFiles(Path.Combine(data.Path, "photos"), "*.report", SearchOption.AllDirectories).Length);
            Assert.All(Photos(data), f => Assert.Null(PhotoScan.FindBesides(File.ReadAllBytes(f))));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task ReportAsync(Server server, Guid photo, int? endedDaysAgo)
    {
        await PutAsync(server, photo);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var id = Guid.NewGuid();
        using HttpResponseMessage taken = await server.Http.PostAsJsonAsync("/api/reports", new { id, madeAt = now.AddDays(-10), category = "event.appearance", district = "140403", text = "垃圾", photos = new[] { photo } }, Ct);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        if (endedDaysAgo is not { } days) return;
        using HttpResponseMessage closed = await server.Http.PostAsJsonAsync("/ingest/case-event", new { caseId = id, state = "结案", time = now.AddDays(-days), unit = "城市管理局", district = "潞州区", channel = "grid-report" }, Ct);
        Assert.True(closed.IsSuccessStatusCode);
    }

    private static async Task PutAsync(Server server, Guid photo)
    {
        using HttpResponseMessage taken = await server.Http.PutAsync($"/api/reports/photos/{photo}", new ByteArrayContent(Pictures.Jpeg(40, 30)), Ct);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    private static async Task<JsonElement> RetainAsync(TempFolder data, ConfigCopy config, params string[] more)
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["retention", "--json", "--data", data.Path, "--config", config.Path, .. more]);
        Assert.True(exitCode == 0, output + error);
        return JsonSerializer.Deserialize<JsonElement>(output).GetProperty("photos");
    }

    private static string Name(Guid photo) => photo.ToString("N") + ".jpg";

    private static string[] Photos(TempFolder data) => Directory.GetFiles(Path.Combine(data.Path, "photos"), "*.jpg", SearchOption.AllDirectories);
}
