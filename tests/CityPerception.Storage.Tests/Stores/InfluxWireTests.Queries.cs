using CityPerception.Core.Queries;
using CityPerception.Storage.Stores.InfluxDb;

namespace CityPerception.Storage.Tests.Stores;

public sealed partial class InfluxWireTests
{
    [Fact]
    public async Task Open_UnknownServer_AsksForTheVersion()
    {
        await using FakeInflux server = await FakeInflux.StartAsync((_, response) => FakeInflux.AnswerAsync(response, 200, """{"hello":"world"}"""));
        await using InfluxStore store = Store(server, _ => { });

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));

        Assert.Contains("Store:Influx:Version", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"results":[{"statement_id":0,"error":"database not found: city"}]}""", 200)]
    [InlineData("""{"code":"not found","message":"failed to find DBRP mapping"}""", 404)]
    public async Task Open_V2WithoutBucketOrMapping_SaysHowToMakeThem(string body, int status)
    {
        await using FakeInflux server = await FakeInflux.StartAsync((request, response) =>
            request.Path == "/query" ? FakeInflux.AnswerAsync(response, status, body) : V2(request, response));
        await using InfluxStore store = Store(server, o => (o.Org, o.Token, o.Database) = ("o", "t", "city"));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));

        Assert.Contains("influx bucket create", refused.Message, StringComparison.Ordinal);
        Assert.Contains("influx v1 dbrp create", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_V2WithoutOrg_NamesTheSetting()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(V2);
        await using InfluxStore store = Store(server, o => o.Token = "t");

        Assert.Contains("Store:Influx:Org", (await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_V3_DatabaseThatTheFirstWriteWillMake_IsEmpty()
    {
        await using FakeInflux server = await FakeInflux.StartAsync((request, response) =>
            request.Path == "/query" ? FakeInflux.AnswerAsync(response, 404, """{"error":"database not found: city"}""") : V3(request, response));
        await using InfluxStore store = Store(server, o => o.Token = "t");

        Assert.Empty(await store.AggregateAsync(MeanOfNoise, Ct));
        Assert.Empty(await store.ReadAsync(new PointQuery { Measurement = "noise", From = MeanOfNoise.From, To = MeanOfNoise.To }, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Delete_V2_UsesItsOwnEndpointWithTheRangeAndASafePredicate()
    {
        await using FakeInflux server = await FakeInflux.StartAsync((request, response) =>
            request.Path == "/api/v2/delete" ? FakeInflux.AnswerAsync(response, 204) : V2(request, response));
        await using InfluxStore store = Store(server, o => (o.Org, o.Token, o.Database) = ("o&p", "t", "city"));
        var from = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.True(await store.DeleteAsync(new DeleteQuery { Measurement = "noise", From = from, To = from.AddDays(1), Only = ("device", "a\" OR \"b") }, Ct));

        WireRequest sent = Assert.Single(server.Requests, r => r.Path == "/api/v2/delete");
        Assert.Equal("?org=o%26p&bucket=city", sent.Query);
        Dictionary<string, string> body = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(sent.Body)!;
        Assert.Equal(("2026-03-01T00:00:00.000000000Z", "2026-03-02T00:00:00.000000000Z"), (body["start"], body["stop"]));
        Assert.Equal("_measurement=\"noise\" AND \"device\"=\"a\\\" OR \\\"b\"", body["predicate"]);
    }

    [Fact]
    public async Task Delete_V3_SaysThatItCannot()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(V3);
        await using InfluxStore store = Store(server, o => o.Token = "t");

        Assert.False(await store.DeleteAsync(new DeleteQuery { Measurement = "noise", From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue }, Ct));
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("delete", StringComparison.Ordinal) || r.Body.Contains("DELETE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, """{"results":[{"statement_id":0,"error":"max-select-point limit exceeded"}]}""", "max-select-point")]
    [InlineData(400, """{"error":"Query would scan 500 Parquet files, exceeding the file limit"}""", "--query-file-limit")]
    [InlineData(200, """{"results":[{"statement_id":0,"series":[{"name":"noi""", "broke off")]
    [InlineData(503, """{"error":"busy"}""", "overloaded")]
    public async Task Query_Failed_SaysWhy(int status, string body, string words)
    {
        await using FakeInflux server = await FakeInflux.StartAsync((request, response) =>
            request.Path == "/query" && request.Body.Contains("mean", StringComparison.Ordinal) ? FakeInflux.AnswerAsync(response, status, body) : Any(request, response));
        await using InfluxStore store = Store(server, o => o.Version = "1");

        var failed = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.AggregateAsync(MeanOfNoise, Ct));

        Assert.Contains(words, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_AnyVersion_AsksForNanosecondsInParts()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(V2);
        await using InfluxStore store = Store(server, o => (o.Org, o.Token, o.Database) = ("o", "t", "city"));

        await store.AggregateAsync(MeanOfNoise, Ct);

        WireRequest query = server.Requests.Last();
        Assert.Equal(("POST", "/query", "Token t"), (query.Method, query.Path, query.Authorization));
        Assert.StartsWith("db=city&epoch=ns&chunked=true&", query.Body, StringComparison.Ordinal);
    }
}
