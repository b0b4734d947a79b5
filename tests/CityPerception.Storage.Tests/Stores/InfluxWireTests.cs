using System.Globalization;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.InfluxDb;
using CityPerception.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>What goes over the wire to each generation of InfluxDB, and what its documented answers are taken for.</summary>
public sealed partial class InfluxWireTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    private static readonly MeasurementCatalog Catalog = new([new Measurement
    {
        Name = "noise",
        Sense = Sense.Thing,
        Tags = [new TagSchema { Name = "device" }],
        Fields = [new FieldSchema { Name = "leq" }],
    }]);

    private static readonly string[] Good = [.. Enumerable.Range(0, 16).Select(i => Lines.Line("noise", [("device", $"d{i}")], [("leq", 50.5)], 1_772_352_000_000_000_001))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_V18_GoesToTheOldPathWithPrecisionN()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(V18);
        await using InfluxStore store = Store(server, o => (o.User, o.Password, o.Database) = ("writer", "pass:word", "city one"));

        WriteResult written = await store.WriteAsync(Lines.Of(Good), Ct);

        Assert.Equal(Good.Length, written.Stored);
        WireRequest write = Assert.Single(server.Writes);
        Assert.Equal(("POST", "/write", "?db=city%20one&precision=n"), (write.Method, write.Path, write.Query));
        Assert.Equal("Basic d3JpdGVyOnBhc3M6d29yZA==", write.Authorization);
        Assert.Equal(Good, write.Lines);
        Assert.Contains(server.Requests, r => r.Path == "/query" && r.Body.Contains("CREATE+DATABASE+%22city+one%22", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_WithSecretsInFiles_SendsWhatIsInThem()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("password"), "pass:word\n", Ct);
        await File.WriteAllTextAsync(folder.File("token"), "secret==\n", Ct);
        await using FakeInflux old = await FakeInflux.StartAsync(V18), server = await FakeInflux.StartAsync(V2);
        await using (InfluxStore store = Store(old, o => (o.User, o.PasswordFile) = ("writer", folder.File("password")))) await store.WriteAsync(Lines.Of(Good), Ct);
        await using (InfluxStore store = Store(server, o => (o.TokenFile, o.Org) = (folder.File("token"), "o"))) await store.WriteAsync(Lines.Of(Good), Ct);

        Assert.Equal("Basic d3JpdGVyOnBhc3M6d29yZA==", Assert.Single(old.Writes).Authorization);
        Assert.Equal("Token secret==", Assert.Single(server.Writes).Authorization);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("auto")]
    public async Task Write_V2AndV3_GoToTheNewPathWithTokenAndPrecisionNs(string version)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(version == "3" ? V3 : V2);
        await using InfluxStore store = Store(server, o => (o.Version, o.Token, o.Org, o.Database) = (version, "secret==", "city hall", "b"));

        await store.WriteAsync(Lines.Of(Good), Ct);

        WireRequest write = Assert.Single(server.Writes);
        Assert.Equal(("POST", "/api/v2/write", "Token secret=="), (write.Method, write.Path, write.Authorization));
        Assert.Equal(["bucket=b", "org=city%20hall", "precision=ns"], write.Query.TrimStart('?').Split('&').Order());
        Assert.Equal(Good, write.Lines);
        Assert.DoesNotContain(server.Requests, r => r.Body.Contains("CREATE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_Gzip_SaysSoAndUnpacksToTheSame()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(V2);
        await using InfluxStore store = Store(server, o => (o.Gzip, o.Token, o.Org) = (true, "t", "o"));

        await store.WriteAsync(Lines.Of(Good), Ct);

        WireRequest write = Assert.Single(server.Writes);
        Assert.Equal("gzip", write.ContentEncoding);
        Assert.Equal(Good, write.Lines);
    }

    // 1.x keeps the good lines and names one bad; 2.x with 422 too, with 400 it refuses all; 3.x names the bad ones and keeps the good.
    [Theory]
    [InlineData("1", 400, """{"error":"partial write: unable to parse 'x': missing fields dropped=0"}""", "unable to parse")]
    [InlineData("1", 400, """{"error":"partial write: field type conflict: input field \"leq\" is type string, already exists as type float dropped=1"}""", "field type conflict")]
    [InlineData("2", 422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict dropped=2"}""", "field type conflict")]
    [InlineData("2", 400, """{"code":"invalid","message":"unable to parse 'x': missing field value"}""", "missing field value")]
    [InlineData("3", 400, """{"error":"partial write of line protocol occurred","data":[{"original_line":"x","line_number":2,"error_message":"invalid column type for column 'leq'"}]}""", "invalid column type")]
    [InlineData("2", 413, """{"code":"request too large","message":"cannot read data: points batch is too large"}""", "too large")]
    [InlineData("1", 413, "", "no further words")]
    public async Task Write_SomeLinesRefused_HalvesUntilEachIsFound(string version, int status, string body, string reason)
    {
        await using FakeInflux server = await FakeInflux.StartAsync((request, response) =>
            request.Path.EndsWith("/write", StringComparison.Ordinal) && request.Body.Contains("bad", StringComparison.Ordinal)
                ? FakeInflux.AnswerAsync(response, status, body)
                : Any(request, response));
        await using InfluxStore store = Store(server, o => (o.Version, o.Org, o.Token) = (version, "o", "t"));
        string[] lines = [.. Good];
        (lines[3], lines[12]) = ("noise,device=bad3 leq=\"x\" 1", "noise,device=bad12 leq=\"x\" 1");

        WriteResult written = await store.WriteAsync(Lines.Of(lines), Ct);

        Assert.Equal(14, written.Stored);
        Assert.Equal([lines[3] + "\n", lines[12] + "\n"], written.Refused.Select(r => System.Text.Encoding.UTF8.GetString(r.Line.Span)));
        Assert.All(written.Refused, r => Assert.Contains(reason, r.Detail, StringComparison.Ordinal));
        Assert.Single(server.Writes, r => r.Lines.Length == 16); // the whole batch is never offered again
        Assert.Equal(Good.Except([Good[3], Good[12]]).Order(), server.Writes.Where(r => !r.Body.Contains("bad", StringComparison.Ordinal)).SelectMany(r => r.Lines).Order());
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sun, 01 Mar 2026 08:00:45 GMT", 45)]
    [InlineData("Sun, 01 Mar 2026 07:00:00 GMT", 0)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public async Task Write_Overloaded_PassesOnHowLongToWait(string? retryAfter, int? seconds)
    {
        foreach (int status in (int[])[503, 429])
        {
            await using FakeInflux server = await FakeInflux.StartAsync(OnWrite(status, """{"code":"unavailable","message":"busy"}""", retryAfter is null ? [] : [("Retry-After", retryAfter)]));
            await using InfluxStore store = Store(server, o => (o.Org, o.Token) = ("o", "t"));

            var unavailable = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(Lines.Of(Good), Ct));

            Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, unavailable.RetryAfter);
            Assert.Contains("busy", unavailable.Message, StringComparison.Ordinal);
            Assert.Single(server.Writes);
        }
    }

    [Theory]
    [InlineData("1", 401, """{"error":"authorization failed"}""", "Store:Influx:User and Store:Influx:Password")]
    [InlineData("2", 401, """{"code":"unauthorized","message":"unauthorized access"}""", "Store:Influx:Token")]
    [InlineData("1", 403, """{"error":"\"writer\" user is not authorized to write to database \"city\""}""", "GRANT ALL ON \"city\"")]
    [InlineData("2", 403, """{"code":"forbidden","message":"insufficient permissions"}""", "token that may read and write 'city'")]
    [InlineData("2", 404, """{"code":"not found","message":"bucket \"city\" not found"}""", "influx bucket create")]
    [InlineData("1", 404, """{"error":"database not found: \"city\""}""", "CREATE DATABASE")]
    [InlineData("2", 404, "<html>nginx</html>", "Store:Influx:Url")]
    [InlineData("2", 400, "<html>400 Bad Request, nginx</html>", "not InfluxDB's")]
    [InlineData("2", 302, "", "points elsewhere")]
    [InlineData("1", 500, """{"error":"timeout"}""", "timeout")]
    [InlineData("2", 502, "<html>Bad Gateway</html>", "server's log")]
    public async Task Write_NotTakenForNow_SaysWhatToDoAndKeepsTheSecret(string version, int status, string body, string advice)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(OnWrite(status, body, []));
        await using InfluxStore store = Store(server, o =>
        {
            (o.Version, o.Org, o.Database) = (version, "o", "city");
            if (version == "1") (o.User, o.Password) = ("writer", "the-secret");
            else o.Token = "the-secret";
        });

        var unavailable = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(Lines.Of(Good), Ct));

        Assert.Contains(advice, unavailable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret", unavailable.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Writes);
    }

    [Fact]
    public async Task Write_NobodyListens_SaysWhere()
    {
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Take()}");
        await using var store = new InfluxStore(new InfluxOptions { Url = url, Version = "1" }, () => Catalog, NullLogger<InfluxStore>.Instance, Clock);

        var unavailable = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(Lines.Of(Good), Ct));

        Assert.Contains($"{url} cannot be reached", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ConnectionDropped_IsUnknownAndNotStored()
    {
        await using FakeInflux server = await FakeInflux.StartAsync((request, response) =>
        {
            if (request.Path != "/write") return Any(request, response);
            response.HttpContext.Abort();
            return Task.CompletedTask;
        });
        await using InfluxStore store = Store(server, o => o.Version = "1");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(Lines.Of(Good), Ct));
    }

    [Fact]
    public async Task Write_Cancelled_IsTheCallersCancellation()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using FakeInflux server = await FakeInflux.StartAsync(async (request, response) =>
        {
            if (request.Path == "/write")
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted);
            }

            await Any(request, response);
        });
        await using InfluxStore store = Store(server, o => o.Version = "1");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WriteAsync(Lines.Of(Good), cancel.Token));
    }

    [Fact]
    public async Task Write_ErrorThatRepeatsAHugeLine_IsReadInPartOnly()
    {
        string echo = "{\"error\":\"unable to parse 'noise " + new string('x', 1 << 20) + "': bad\"}";
        await using FakeInflux server = await FakeInflux.StartAsync(OnWrite(400, echo, []));
        await using InfluxStore store = Store(server, o => o.Version = "1");

        WriteResult written = await store.WriteAsync(Lines.Of(Good[0]), Ct);

        string detail = Assert.Single(written.Refused).Detail;
        Assert.StartsWith("unable to parse 'noise xxx", detail, StringComparison.Ordinal);
        Assert.InRange(detail.Length, 100, 600);
    }

    private static AggregateQuery MeanOfNoise => new()
    {
        Measurement = "noise",
        Select = [new Selection("leq", Aggregate.Mean)],
        From = DateTimeOffset.UnixEpoch,
        To = Clock.GetUtcNow(),
    };

    private static InfluxStore Store(FakeInflux server, Action<InfluxOptions> configure)
    {
        var options = new InfluxOptions { Url = server.Url };
        configure(options);
        return new InfluxStore(options, () => Catalog, NullLogger<InfluxStore>.Instance, Clock);
    }

    private static Func<WireRequest, HttpResponse, Task> OnWrite(int status, string body, (string, string)[] headers) => (request, response) =>
        request.Path.EndsWith("/write", StringComparison.Ordinal) ? FakeInflux.AnswerAsync(response, status, body, headers) : Any(request, response);

    private static Task Any(WireRequest request, HttpResponse response) => V2(request, response);

    private static Task V18(WireRequest request, HttpResponse response) => Server(request, response, "1.8.10", "/write");

    private static Task V2(WireRequest request, HttpResponse response) => Server(request, response, "v2.7.11", null);

    // 3.x has the version in the body of /ping.
    private static Task V3(WireRequest request, HttpResponse response) => request.Path == "/ping"
        ? FakeInflux.AnswerAsync(response, 200, """{"version":"3.1.0","revision":"1234567","process_id":"0"}""")
        : Server(request, response, null, "/api/v2/write");

    private static Task Server(WireRequest request, HttpResponse response, string? version, string? writePath) => request.Path switch
    {
        "/ping" => FakeInflux.AnswerAsync(response, 204, "", ("X-Influxdb-Version", version!)),
        "/query" => FakeInflux.AnswerAsync(response, 200, """{"results":[{"statement_id":0}]}""" + "\n"),
        "/write" or "/api/v2/write" when writePath is null || request.Path == writePath => FakeInflux.AnswerAsync(response, 204),
        _ => FakeInflux.AnswerAsync(response, 404, """{"error":"not found"}"""),
    };
}
