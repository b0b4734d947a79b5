using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CityPerception.Configuration;
using CityPerception.Core.Observations;
using CityPerception.DeadLetters;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.DeadLetters;

/// <summary>/api/deadletters of a server with letters of its own.</summary>
public sealed class LetterApiTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DeadLetterLog Log => _server.Services.GetRequiredService<DeadLetterLog>();

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(RepositoryFolder.Find("ingest-configs"), []);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Get_Filters_AnswersThoseInPages()
    {
        for (int i = 0; i < 25; i++) await AppendAsync(Letters.Good(i) with { Source = i % 5 == 0 ? "fifth" : "other" });

        List<Guid> seen = [];
        string next = "";
        do
        {
            using JsonDocument page = await GetAsync($"?source=other&limit=8{next}");
            seen.AddRange(page.RootElement.GetProperty("letters").EnumerateArray().Select(l => l.GetProperty("id").GetGuid()));
            next = page.RootElement.TryGetProperty("next", out JsonElement more) ? $"&before={more.GetInt64()}" : "";
        }
        while (next.Length > 0);

        Assert.Equal((20, 20), (seen.Count, seen.Distinct().Count()));
        Assert.Equal(5, await CountAsync("?source=fifth&reason=lookup_missing"));
        Assert.Equal(25, await CountAsync("?topic=city/aq/%2B/telemetry&text=SUCH"));
        Assert.Equal(0, await CountAsync("?topic=city/noise/%23"));
        Assert.Equal(0, await CountAsync("?state=replayed"));
        Assert.Equal(10, await CountAsync($"?since={Uri.EscapeDataString(Letters.Came(15).ToString("O"))}"));
        Assert.Equal(25, await CountAsync("?until=1m"));
        Assert.Equal(0, await CountAsync("?since=1m"));
    }

    [Theory]
    [InlineData("?reason=out_of_rang", "did you mean 'out_of_range'?")]
    [InlineData("?since=yesterday", "since is 'yesterday'; allowed: a time such as")]
    [InlineData("?until=01/02/2026", "until is '01/02/2026'")]
    [InlineData("?limit=0", "limit is 0; allowed: 1 to 1000")]
    [InlineData("?limit=5000", "limit is 5000; allowed: 1 to 1000")]
    [InlineData("?before=-1", "before is '-1'")]
    [InlineData("?state=closed", "allowed: open, replayed, discarded, all")]
    [InlineData("?topic=a/%23/b", "an MQTT topic filter")]
    [InlineData("?sorce=x", "'sorce' is no parameter")]
    public async Task Get_WrongParameter_IsAProblemThatSaysWhatIsAllowed(string query, string says)
    {
        using HttpResponseMessage answer = await _server.Client.GetAsync("/api/deadletters" + query, Ct);
        await AssertProblemAsync(HttpStatusCode.BadRequest, says, answer);
    }

    [Fact]
    public async Task GetOne_BytesThatAreNoText_AreGivenAsTheyCame()
    {
        byte[] payload = [0xFF, 0x1B, (byte)'[', (byte)'2', (byte)'J', 0];
        Assert.Equal(HttpStatusCode.BadRequest, await IngestAsync("/ingest/air-station", payload));
        Assert.Equal(HttpStatusCode.BadRequest, await IngestAsync("/ingest/air-station?topic=a", "<script>=cmd|' /C calc'!A0 \u001b[31m"u8.ToArray()));
        Assert.Equal(2, await CountAsync(""));

        foreach (DeadLetter letter in (await Log.ReadAsync(new DeadLetterFilter(), Ct)).Letters)
        {
            using HttpResponseMessage answer = await _server.Client.GetAsync($"/api/deadletters/{letter.Id}", Ct);
            Assert.Equal(("application/json", "nosniff"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.GetValues("X-Content-Type-Options").Single()));
            string text = await answer.Content.ReadAsStringAsync(Ct);
            Assert.DoesNotContain('\u001b', text);
            Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
            using JsonDocument json = JsonDocument.Parse(text);
            Assert.Equal(letter.Payload.ToArray(), json.RootElement.GetProperty("payloadBase64").GetBytesFromBase64());
            bool isText = json.RootElement.TryGetProperty("payloadText", out JsonElement asText);
            Assert.Equal(letter.Payload.Span[0] != 0xFF, isText);
            if (isText) Assert.Equal(Encoding.UTF8.GetString(letter.Payload.Span), asText.GetString());
        }
    }

    [Theory]
    [InlineData("01a21027-14ae-71ac-ba4b-cb966f49b713")]
    [InlineData("no-id")]
    public async Task GetOne_NoSuchLetter_IsNotFound(string id)
    {
        using HttpResponseMessage answer = await _server.Client.GetAsync("/api/deadletters/" + id, Ct);
        await AssertProblemAsync(HttpStatusCode.NotFound, "There is no dead letter with this id", answer);
    }

    [Fact]
    public async Task Ingest_WithCredentials_KeepsHeadersWithoutThem()
    {
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/v2/write?precision=ms&p=geheim&u=admin") { Content = new ByteArrayContent("noise lek=1"u8.ToArray()) })
        {
            request.Headers.Add("Authorization", "Token geheim");
            request.Headers.Add("X-Api-Key", "geheim");
            request.Headers.Add("Cookie", "session=geheim");
            request.Headers.Add("X-Site", "north");
            (await _server.Client.SendAsync(request, Ct)).Dispose();
        }

        DeadLetter letter = Assert.Single((await Log.ReadAsync(new DeadLetterFilter(), Ct)).Letters);
        Assert.Equal(("ms", "north"), (letter.Properties!["precision"], letter.Properties["X-Site"]));
        Assert.DoesNotContain(letter.Properties, p => p.Value.Contains("geheim", StringComparison.Ordinal) || p.Value.Contains("admin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replay_DryRun_SaysWhatWouldComeAndChangesNothing()
    {
        await AppendAsync(Letters.Good(1));
        await AppendAsync(Letters.Good(2) with { Payload = Encoding.UTF8.GetBytes(Letters.Message(2).Replace("\"pm25\":2", "\"pm25\":\"high\"", StringComparison.Ordinal)) });

        using HttpResponseMessage answer = await ReplayAsync(new { dryRun = true });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal((2, 1, 1), Counts(json));
        JsonElement[] letters = [.. json.RootElement.GetProperty("letters").EnumerateArray()];
        Assert.EndsWith($" pm25=1 {Letters.TimeMs(1)}000000", Assert.Single(letters[0].GetProperty("lines").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal("type_mismatch", Assert.Single(letters[1].GetProperty("errors").EnumerateArray()).GetProperty("reason").GetString());
        Assert.All((await Log.ReadAsync(new DeadLetterFilter(), Ct)).Letters, l => Assert.Null(l.Mark));
    }

    [Fact]
    public async Task Replay_ByFilterThenAgain_MarksThoseOnly()
    {
        for (int i = 0; i < 10; i++) await AppendAsync(Letters.Good(i) with { Topic = $"city/aq/AQ-0000{i % 2}/telemetry" });
        using (HttpResponseMessage answer = await ReplayAsync(new { topic = "city/aq/AQ-00001/#", limit = 3 }))
        {
            using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
            Assert.Equal((3, 3, 0), Counts(json));
        }

        Assert.Equal((7, 3), (await CountAsync(""), await CountAsync("?state=replayed")));
        DeadLetter oldest = (await Log.ReadAsync(new DeadLetterFilter { NewestFirst = false, Limit = 2 }, Ct)).Letters[1];
        Assert.Equal(DeadLetterState.Replayed, oldest.State); // of those asked for, the oldest first
        using HttpResponseMessage byId = await ReplayAsync(new { ids = new[] { oldest.Id }, again = true });
        using JsonDocument again = JsonDocument.Parse(await byId.Content.ReadAsStringAsync(Ct));
        Assert.Equal((1, 1, 0), Counts(again));
        Assert.Equal((7, 3), (await CountAsync(""), await CountAsync("?state=replayed")));
    }

    [Fact]
    public async Task Replay_WhatTheDiskDamaged_IsCountedAsHopelessAndStays()
    {
        await AppendAsync(DeadLetter.Create(DeadLetterKind.SpoolRecord, "", "spool", null, DateTimeOffset.UnixEpoch.AddYears(56), [new Rejection(RejectionReason.SpoolRecordDamaged, 0, "bytes 1 to 2", "gone")], new byte[] { 1 }));
        using HttpResponseMessage answer = await ReplayAsync(new { });
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, json.RootElement.GetProperty("result").GetProperty("hopeless").GetInt32());
        Assert.Equal(1, await CountAsync(""));
    }

    [Fact]
    public async Task Replay_StoppedInTheMiddle_HasMarkedWhatItCounted()
    {
        for (int i = 0; i < 3500; i++) await Log.AppendAsync(Letters.Good(i), Ct);
        await AppendAsync(Letters.Good(3500));
        var replay = _server.Services.GetRequiredService<LetterReplay>();
        var plan = _server.Services.GetRequiredService<CurrentPlan>().Plan;
        var open = new DeadLetterFilter { State = DeadLetterState.Open, Limit = int.MaxValue };
        using var stop = new CancellationTokenSource();

        ReplayResult? second = new(0, 0, 0, 0, 0, 0, 0, false, null);
        ReplayResult? first = await replay.RunAsync(plan, open, hasDispatcher: true, async _ =>
        {
            second = await replay.RunAsync(plan, open, hasDispatcher: true, _ => ValueTask.CompletedTask, Ct); // beside it
            using HttpResponseMessage busy = await ReplayAsync(new { });
            await AssertProblemAsync(HttpStatusCode.Conflict, "Another replay is under way", busy);
            await stop.CancelAsync();
        }, stop.Token);

        Assert.Null(second);
        Assert.NotNull(first?.Stopped);
        Assert.InRange(first.Replayed, 1000, 3499);
        Assert.Equal(first.Replayed, (await Log.ReadAsync(open with { State = DeadLetterState.Replayed }, Ct)).Letters.Count);

        ReplayResult? rest = await replay.RunAsync(plan, open, hasDispatcher: true, _ => ValueTask.CompletedTask, Ct);
        Assert.Equal((3501 - first.Replayed, true), (rest!.Replayed, rest.IsComplete));
    }

    [Fact]
    public async Task Replay_BadRequests_AreProblems()
    {
        await AssertProblemAsync(HttpStatusCode.BadRequest, "not the JSON of a replay at $.agian", await PostAsync("""{"agian":true}"""));
        await AssertProblemAsync(HttpStatusCode.BadRequest, "not the JSON of a replay", await PostAsync("{"));
        await AssertProblemAsync(HttpStatusCode.BadRequest, "'x' is not the id of a dead letter", await PostAsync("""{"ids":["x"]}"""));
        await AssertProblemAsync(HttpStatusCode.BadRequest, "1001 ids", await PostAsync($$"""{"ids":[{{string.Join(',', Enumerable.Repeat("\"a\"", 1001))}}]}"""));
        await AssertProblemAsync(HttpStatusCode.PreconditionFailed, "another data directory", await PostAsync("{}", ifMatch: "\"other\""));
        using HttpResponseMessage text = await PostAsync("{}", "text/plain"); // what a form of a web page could send
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/problem+json"), (text.StatusCode, text.Content.Headers.ContentType?.MediaType));
        using HttpResponseMessage large = await PostAsync($$"""{"text":"{{new string('x', 200_000)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using HttpResponseMessage fromAPage = await PostAsync("{}", origin: "http://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, fromAPage.StatusCode);
    }

    [Fact]
    public async Task Discard_MoreThanABatch_SaysHowFarItIsAndThenTheCount()
    {
        for (int i = 0; i < 1200; i++) await Log.AppendAsync(Letters.Good(i), Ct);
        await AppendAsync(Letters.Good(1200) with { Source = "other" });
        using HttpResponseMessage answer = await _server.Client.PostAsJsonAsync("/api/deadletters/discard", new { source = "air-station", why = "a test of the vendor" }, Ct);
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        string[] lines = (await answer.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(JsonDocument.Parse(lines[0]).RootElement.GetProperty("progress").GetProperty("done").GetDouble(), 0, 1);
        Assert.Equal(1200, JsonDocument.Parse(lines[^1]).RootElement.GetProperty("result").GetProperty("letters").GetInt32());
        Assert.Equal((1, 1200), (await CountAsync(""), (await Log.ReadAsync(new DeadLetterFilter { State = DeadLetterState.Discarded, Limit = 2000 }, Ct)).Letters.Count));
        using JsonDocument one = await GetAsync("?state=discarded&limit=1");
        Assert.Equal("a test of the vendor", one.RootElement.GetProperty("letters")[0].GetProperty("discarded").GetString());
    }

    [Theory]
    [InlineData("""{"source":"air-station"}""", "why has 0 characters")]
    [InlineData("""{"why":"all of them"}""", "No letters are named")]
    [InlineData("""{"why":"all of them","ids":[]}""", "No letters are named")]
    [InlineData("""{"why":"again","source":"a","state":"replayed"}""", "only open letters are discarded")]
    [InlineData("""{"because":"x"}""", "not the JSON of a discarding at $.because")]
    public async Task Discard_BadRequests_AreProblemsAndChangeNothing(string body, string says)
    {
        await AppendAsync(Letters.Good(1));
        await AssertProblemAsync(HttpStatusCode.BadRequest, says, await PostAsync(body, path: "discard"));
        Assert.Equal(1, await CountAsync(""));
    }

    private async ValueTask AppendAsync(DeadLetter letter) => await Log.WaitDurableAsync(await Log.AppendAsync(letter, Ct), Ct);

    private async Task<HttpStatusCode> IngestAsync(string path, byte[] payload)
    {
        using HttpResponseMessage answer = await _server.Client.PostAsync(path, new ByteArrayContent(payload), Ct);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> ReplayAsync(object request) => _server.Client.PostAsJsonAsync("/api/deadletters/replay", request, Ct);

    private async Task<HttpResponseMessage> PostAsync(string body, string contentType = "application/json", string? ifMatch = null, string? origin = null, string path = "replay")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/deadletters/" + path) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        if (ifMatch is not null) request.Headers.IfMatch.ParseAdd(ifMatch);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await _server.Client.SendAsync(request, Ct);
    }

    private async Task<JsonDocument> GetAsync(string query) => JsonDocument.Parse(await _server.Client.GetStringAsync("/api/deadletters" + query, Ct));

    private async Task<int> CountAsync(string query)
    {
        using JsonDocument page = await GetAsync(query);
        return page.RootElement.GetProperty("letters").GetArrayLength();
    }

    private static (int Letters, int Replayed, int Rejected) Counts(JsonDocument answer)
    {
        JsonElement result = answer.RootElement.GetProperty("result");
        return (result.GetProperty("letters").GetInt32(), result.GetProperty("replayed").GetInt32(), result.GetProperty("rejected").GetInt32());
    }

    private static async Task AssertProblemAsync(HttpStatusCode status, string says, HttpResponseMessage answer)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Contains(says, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        answer.Dispose();
    }
}
