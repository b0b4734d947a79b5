using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Tests.Sources;

/// <summary>What InfluxDB's agents send to /write and /api/v2/write, and the answers that they understand.</summary>
public sealed class LineProtocolWriteTests(CityServer server) : IClassFixture<CityServer>
{
    private const long Second = 1_000_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/write", "", 1_700_000_000_000_000_001, 1)]
    [InlineData("/write?precision=n", "", 1_700_000_000_000_000_001, 1)]
    [InlineData("/write?db=telegraf&precision=u", "", 1_700_000_000_000_001, 1_000)]
    [InlineData("/write?precision=ms", "", 1_700_000_000_001, 1_000_000)]
    [InlineData("/write?precision=s", "", 1_700_000_001, Second)]
    [InlineData("/write?precision=m", "", 28_333_333, 60 * Second)]
    [InlineData("/write?precision=h", "", 472_222, 3600 * Second)]
    [InlineData("/api/v2/write", "", 1_700_000_000_000_000_001, 1)]
    [InlineData("/api/v2/write?org=o&bucket=b&precision=ns", "", 1_700_000_000_000_000_001, 1)]
    [InlineData("/api/v2/write?precision=us", "", 1_700_000_000_000_001, 1_000)]
    [InlineData("/api/v2/write?precision=ms", "\n", 1_700_000_000_001, 1_000_000)]
    [InlineData("/api/v2/write?precision=s", "\r\n", 1_700_000_001, Second)]
    public async Task Write_InAPrecision_IsStoredAtThatTime(string path, string end, long time, long nsPerUnit)
    {
        string device = NewDevice();
        using HttpResponseMessage answer = await PostAsync(path, $"noise,device={device},district=140403 leq=57.9 {Text(time)}{end}");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Point point = Assert.Single(await server.PointsOfAsync(device, "noise"));
        Assert.Equal((time * nsPerUnit, 57.9), (point.TimeNs, point.Fields["leq"]));
        Assert.Equal(("140403", "thing", "line-protocol"), (point.Tags["district"], point.Tags["sense"], point.Tags["source"]));
    }

    [Theory]
    [InlineData("/write?precision=minutes")]
    [InlineData("/api/v2/write?precision=S")]
    public async Task Write_InNoPrecision_IsRefusedWithThoseThereAre(string path)
    {
        string device = NewDevice();
        using HttpResponseMessage answer = await PostAsync(path, $"noise,device={device} leq=57.9 1700000000");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("ns, us, ms, s", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Empty(await server.PointsOfAsync(device, "noise"));
    }

    [Theory]
    [InlineData("/write", HttpStatusCode.BadRequest, "error", null)]
    [InlineData("/api/v2/write", HttpStatusCode.UnprocessableEntity, "message", "unprocessable entity")]
    public async Task Write_PartlyBad_StoresTheGoodAndSaysHowManyWereDropped(string path, HttpStatusCode status, string member, string? code)
    {
        string device = NewDevice();
        string body = $"noise,device={device} leq=57.9 1700000000\nnoise,device={device} loudness=1 1700000001\nnoise,device={device} leq=58 1700000002\nnois,device={device} leq=1 1700000003";
        using HttpResponseMessage answer = await PostAsync(path + "?precision=s", body);

        Assert.Equal((status, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        string message = json.RootElement.GetProperty(member).GetString()!;
        Assert.StartsWith("partial write: line 2, column ", message, StringComparison.Ordinal);
        Assert.EndsWith(" dropped=2", message, StringComparison.Ordinal);
        if (code is null) Assert.Equal(message, Assert.Single(answer.Headers.GetValues("X-Influxdb-Error")));
        else Assert.Equal(code, json.RootElement.GetProperty("code").GetString());

        Assert.Equal([1_700_000_000 * Second, 1_700_000_002 * Second], (await server.PointsOfAsync(device, "noise")).Select(p => p.TimeNs));
        DeadLetter letter = Assert.Single(await server.LettersOfAsync(body));
        Assert.Equal([(RejectionReason.FieldUnknown, 1), (RejectionReason.MeasurementUnknown, 3)], letter.Rejections.Select(r => (r.Reason, r.Index)));
    }

    [Theory]
    [InlineData("nois,device=@ leq=1 1700000000", RejectionReason.MeasurementUnknown, "did you mean noise?")]
    [InlineData("noise,device=@ lek=1 1700000000", RejectionReason.FieldUnknown, "did you mean leq?")]
    [InlineData("noise,devise=@ leq=1 1700000000", RejectionReason.TagUnknown, "did you mean device?")]
    [InlineData("noise,device=@,district=999999 leq=1 1700000000", RejectionReason.TagValueInvalid, "999999")]
    [InlineData("noise,device=@ leq=\"loud\" 1700000000", RejectionReason.TypeMismatch, "leq takes a number")]
    [InlineData("noise,device=@ leq=1e999 1700000000", RejectionReason.NumberInvalid, "")]
    [InlineData("noise,device=@ leq=NaN 1700000000", RejectionReason.NumberInvalid, "")]
    [InlineData("noise,device=@ leq=1000 1700000000", RejectionReason.OutOfRange, "0 to 160 dB(A)")]
    [InlineData("noise,device=@ leq=1 1700000", RejectionReason.TimeTooOld, "is the precision right?")]
    [InlineData("noise,device=@ leq=1 4080000000", RejectionReason.TimeInFuture, "is the precision right?")]
    [InlineData("noise,device=@ leq=1,leq=2 1700000000", RejectionReason.DuplicateKey, "")]
    [InlineData("noise,device=@", RejectionReason.SyntaxInvalid, "")]
    [InlineData("noise,device=@ leq= 1700000000", RejectionReason.SyntaxInvalid, "")]
    [InlineData("{\"deviceId\":\"@\"}", RejectionReason.SyntaxInvalid, "")]
    public async Task Write_BadLine_IsRefusedByNameAndKeptAndTheNextIsServed(string template, RejectionReason reason, string says)
    {
        string device = NewDevice(), line = template.Replace("@", device, StringComparison.Ordinal);
        using HttpResponseMessage answer = await PostAsync("/api/v2/write?precision=s", line);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("invalid", json.RootElement.GetProperty("code").GetString());
        Assert.Contains(says, json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        DeadLetter letter = Assert.Single(await server.LettersOfAsync(line));
        Assert.Equal((reason, "http", "/api/v2/write"), (letter.Reason, letter.Transport, letter.Topic));

        using HttpResponseMessage next = await PostAsync("/api/v2/write?precision=s", $"noise,device={device} leq=57.9 1700000000");
        Assert.Equal(HttpStatusCode.NoContent, next.StatusCode);
        Assert.Single(await server.PointsOfAsync(device, "noise"));
    }

    [Theory]
    [InlineData("/write?db=telegraf&rp=autogen&consistency=any&precision=ns")]
    [InlineData("/api/v2/write?org=city&bucket=telegraf&precision=ns")]
    public async Task Write_AsTelegrafDoes_IsTaken(string path)
    {
        string device = NewDevice();
        using HttpResponseMessage ping = await server.Http.GetAsync("/ping", Ct);
        Assert.Equal(HttpStatusCode.NoContent, ping.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.UserAgent.ParseAdd("Telegraf/1.34.0 Go/1.24.1");
        request.Headers.TryAddWithoutValidation("Authorization", "Token none-is-needed-here");
        request.Content = new ByteArrayContent(Gzip($"device_status,device={device},state=online,category=noise rssi=-76i,battery=93,fw=\"2.2.1\" 1700000000000000000\n"));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; charset=utf-8");
        request.Content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Point point = Assert.Single(await server.PointsOfAsync(device, "device_status"));
        Assert.Equal((-76.0, 93.0, "2.2.1"), (Convert.ToDouble(point.Fields["rssi"], CultureInfo.InvariantCulture), point.Fields["battery"], point.Fields["fw"]));
    }

    [Fact]
    public async Task Write_FiveThousandLines_AreAllStored()
    {
        string device = NewDevice();
        string body = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"noise,device={device} leq={Text(40 + i % 50)}.5 {Text(1_700_000_000 + i)}"));
        using HttpResponseMessage answer = await PostAsync("/write?precision=s", body);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(5_000, (await server.PointsOfAsync(device, "noise")).Count);
    }

    [Fact]
    public async Task Write_StringWithQuotesBackslashesAndLineBreaks_ComesBackAsItWas()
    {
        string device = NewDevice();
        using HttpResponseMessage answer = await PostAsync("/write?precision=s", $"noise,device={device} leq=57.9,fw=\"a \\\"b\\\" c\\\\d, e=f\ng\" 1700000000");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Point point = Assert.Single(await server.PointsOfAsync(device, "noise"));
        Assert.Equal("""a "b" c\d, e=f g""", point.Fields["fw"]); // a line break becomes a space
    }

    [Fact]
    public async Task Write_TagWithEscapedCharacters_ComesBackWithoutEscapes()
    {
        string device = NewDevice();
        using HttpResponseMessage answer = await PostAsync("/write?precision=s", $"noise,device={device}\\ a\\,b\\=c leq=57.9 1700000000");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Single(await server.PointsOfAsync($"{device} a,b=c", "noise"));
    }

    [Fact]
    public async Task Write_ByTheCommandOfTheReadme_IsTaken()
    {
        string device = NewDevice();
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.HttpPort}/api/v2/write?precision=s");
        string answer = await Tool.RunAsync("curl", "-s", "-i", url, "--data-binary", $"noise,device={device},district=140403 leq=57.9 1700000000");

        Assert.StartsWith("HTTP/1.1 204", answer, StringComparison.Ordinal);
        Assert.Single(await server.PointsOfAsync(device, "noise"));
    }

    private static string NewDevice() => $"NO-{Guid.NewGuid():N}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Optimal)) stream.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) => server.Http.PostAsync(path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), Ct);
}
