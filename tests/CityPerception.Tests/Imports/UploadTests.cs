using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.DeadLetters;
using CityPerception.Tests.Sources;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Imports;

/// <summary>Files that are posted without the command: curl, its answers, its limits.</summary>
public sealed class UploadTests
{
    private const string Path = "/api/imports/hotline-export";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_ByCurl_AnswersRowByRowAndKeepsWhatWasRefused()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), input = folder.File("tickets.csv"), packed = folder.File("tickets.csv.gz");
        await File.WriteAllTextAsync(input, ImportSamples.Tickets(100, badEvery: 50), Ct);
        await using (FileStream to = File.Create(packed))
        await using (var gzip = new GZipStream(to, CompressionLevel.Fastest)) await gzip.WriteAsync(await File.ReadAllBytesAsync(input, Ct), Ct);
        await using Server server = await Server.StartAsync(data);
        string url = new Uri(server.Http.BaseAddress!, Path).ToString();

        string[] answer = await CurlAsync("-T", input, "-X", "POST", url);
        Assert.Equal([(51, "lookup_missing", "CZ00000050"), (101, "lookup_missing", "CZ00000100")], answer[..^1].Select(Rejection));
        AssertCounts(answer[^1], rows: 100, accepted: 196, rejected: 2);
        Assert.Equal(["CZ00000050", "CZ00000100"], Letters.In(data).Select(l => JsonDocument.Parse(l.Payload).RootElement.GetProperty("工单编号").GetString()));
        Assert.All(Letters.In(data), l => Assert.Equal(("hotline-export", "import", Path), (l.Source, l.Transport, l.Topic)));

        AssertCounts((await CurlAsync("-H", "Content-Encoding: gzip", "--data-binary", "@" + packed, url + "?rejections=answer"))[^1], rows: 100, accepted: 196, rejected: 2);
        Assert.Equal(2, Letters.In(data).Count);
        AssertCounts((await CurlAsync("--data-binary", "@" + ImportSamples.Fixture("hotline.xlsx"), url + "?rejections=answer&sheet=%E5%B7%A5%E5%8D%95"))[^1], rows: 4, accepted: 9, rejected: 2);
        AssertCounts((await CurlAsync("--data-binary", "@" + ImportSamples.Fixture("hotline-gb18030.csv"), url + "?rejections=answer"))[^1], rows: 4, accepted: 9, rejected: 2);

        // A letter is replayed as what it is: a message of the source.
        using var config = new ConfigCopy();
        config.Replace("lookups/districts.csv", "城区,140403\n", "城区,140403\n火星区,140403\n");
        await server.StopAsync();
        (int exitCode, _, string said) = await Letters.ReplayAsync(data, config.Path);
        Assert.True(exitCode == 0, said);
        Assert.Contains("2 of 2 letters replayed, 4 observations", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_WhileItsSpoolIsFull_WaitsAndLiveDataAreTakenAsEver()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var folder = new TempFolder();
        string input = folder.File("tickets.csv");
        await File.WriteAllTextAsync(input, ImportSamples.Tickets(30_000), Ct);
        await using Server server = await Server.StartAsync(folder.File("data"), null, [.. set, .. FullSpool.Small], environment);

        Task<string[]> upload = CurlAsync("-T", input, "-X", "POST", new Uri(server.Http.BaseAddress!, Path).ToString());
        await Until.TrueAsync("its spool is full", async () => await server.MetricAsync("cityperception_spool_size_bytes", "spool=\"backfill\"") > 3 << 20, Ct);
        using (HttpResponseMessage taken = await server.PostAsync("/ingest/air-station", NumberedLoad.Message(1))) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.False(upload.IsCompleted);

        await influx.StartAgainAsync(Ct);
        AssertCounts((await upload)[^1], rows: 30_000, accepted: 60_000, rejected: 0);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(30_000, await influx.CountAsync(database, "hotline_ticket", "elapsed_h", Ct));
        Assert.Equal(1, await influx.CountAsync(database, "air_quality", "pm25", Ct));
        Assert.InRange(server.PeakMemoryBytes, 1, 340 << 20);
    }

    [Fact]
    public async Task Upload_LargerThanTheLimit_IsRefusedPackedOrNot()
    {
        using var folder = new TempFolder();
        await using Server server = await Server.StartAsync(folder.File("data"), null, ["Http:MaxUploadBytes=2000000"]);
        byte[] body = Encoding.UTF8.GetBytes(ImportSamples.Tickets(40_000));
        // Sent before it is answered, the body might meet a connection that is closed already.
        using var announced = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(body), Headers = { ExpectContinue = true } };
        using (HttpResponseMessage known = await server.Http.SendAsync(announced, Ct)) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, known.StatusCode);

        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(body, Ct);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await server.Http.PostAsync(Path, content, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("larger than 2000000 bytes (Http:MaxUploadBytes)", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(0, await server.MetricAsync("cityperception_ingest_observations_total", "import"));
    }

    [Theory]
    [InlineData("/api/imports/hotline-exprt", "a,b\n", 404, "did you mean 'hotline-export'?")]
    [InlineData(Path + "?format=cvs", "a,b\n", 400, "format is 'cvs'; allowed: csv, xlsx, json, ndjson, lp")]
    [InlineData(Path + "?rejections=no", "a,b\n", 400, "rejections is 'no'")]
    [InlineData(Path + "?after=-1", "a,b\n", 400, "after is '-1'")]
    [InlineData(Path + "?format=lp", "a,b\n", 415, "hotline-export does not take line protocol")]
    [InlineData(Path, "PK\x03\x04 no zip", 422, "Not a workbook that can be read")]
    public async Task Upload_ThatCannotBegin_IsAProblem(string path, string body, int status, string says)
    {
        using var folder = new TempFolder();
        await using Server server = await Server.StartAsync(folder.File("data"));
        using HttpResponseMessage answer = await server.Http.PostAsync(path, new StringContent(body), Ct);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Contains(says, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_OfAnotherSiteInABrowser_IsForbidden()
    {
        using var folder = new TempFolder();
        await using Server server = await Server.StartAsync(folder.File("data"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(ImportSamples.Tickets(1)) };
        request.Headers.Add("Origin", "http://elsewhere.example");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static async Task<string[]> CurlAsync(params string[] arguments) =>
        [.. (await Tool.RunAsync("curl", ["-sS", "--fail-with-body", .. arguments])).TrimEnd().Split('\n').Where(line => !line.StartsWith("{\"progress\"", StringComparison.Ordinal))];

    private static (int Row, string Reason, string Ticket) Rejection(string line)
    {
        JsonElement rejection = JsonDocument.Parse(line).RootElement.GetProperty("rejection");
        return (rejection.GetProperty("row").GetInt32(), rejection.GetProperty("reason").GetString()!, rejection.GetProperty("record").GetProperty("工单编号").GetString()!);
    }

    private static void AssertCounts(string line, int rows, int accepted, int rejected)
    {
        JsonElement result = JsonDocument.Parse(line).RootElement.GetProperty("result");
        Assert.False(result.TryGetProperty("stopped", out JsonElement why), why.ToString());
        JsonElement counts = result.GetProperty("counts");
        Assert.Equal((rows, accepted, rejected), (counts.GetProperty("rows").GetInt32(), counts.GetProperty("accepted").GetInt32(), counts.GetProperty("rejected").GetInt32()));
    }
}
