using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Channels;
using CityPerception.Core.Channels;
using CityPerception.Rollups;
using CityPerception.TestKit;
using CityPerception.Tests.Sources;

namespace CityPerception.Tests.Channels;

/// <summary>From a message to the value on a screen, and why it is what it is.</summary>
public sealed class ChannelApiTests(ChannelApiTests.Server server) : IClassFixture<ChannelApiTests.Server>
{
    private const string Reported = "/api/channels/city/kpis/incident_reported";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Series_OfLateIncidents_HasThemAndSaysWhatWasShownBefore()
    {
        DateTimeOffset minute = MinuteAgo(20);
        string range = $"district=140431&window=1m&from={Text(minute)}&to={Text(minute.AddMinutes(1))}";
        await ReportAsync("140431", "a", minute.AddSeconds(5));
        await ComputedAsync($"{Reported}/series?{range}", points => points.GetArrayLength() == 1 && points[0].GetProperty("value").GetDouble() == 1);
        string between = Text(TimeProvider.System.GetUtcNow());

        await ReportAsync("140431", "b", minute.AddSeconds(6));
        await ReportAsync("140431", "b", minute.AddSeconds(6)); // again: the same event
        await ComputedAsync($"{Reported}/series?{range}", points => points[0].GetProperty("value").GetDouble() == 2 && points[0].GetProperty("rev").GetInt32() > 0);

        JsonElement then = (await JsonAsync($"{Reported}/series?{range}&asOf={between}")).GetProperty("points");
        Assert.Equal(1, then[0].GetProperty("value").GetDouble());
        Assert.Equal(0, (await JsonAsync($"{Reported}/series?{range}&asOf={Text(minute)}")).GetProperty("points").GetArrayLength());

        JsonElement why = await JsonAsync($"{Reported}/explain?district=140431&window=1m&at={Text(minute)}");
        Assert.Equal(("reported", "2"), (why.GetProperty("formula").GetString(), why.GetProperty("computation").GetString()));
        Assert.Equal(2, why.GetProperty("inputs")[0].GetProperty("samples").GetInt32());
        JsonElement refused = why.GetProperty("inputs")[0].GetProperty("refused");
        Assert.Equal(["case-platform", "grid-incident", "grid-report", "open311"], refused.EnumerateArray().Select(static r => r.GetProperty("source").GetString()));
        Assert.Equal($"/api/deadletters?source=grid-incident&since={minute.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", refused[1].GetProperty("deadLetters").GetString());
        Assert.True((await JsonAsync(refused[1].GetProperty("deadLetters").GetString()!)).TryGetProperty("letters", out _));
        // Another test may have had the minute computed before the first report.
        Assert.Contains(1, why.GetProperty("revisions").EnumerateArray().Select(static r => r.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Series_AcceptingCsv_IsATable()
    {
        DateTimeOffset minute = MinuteAgo(40);
        string path = $"{Reported}/series?district=140430&window=1m&from={Text(minute)}&to={Text(minute.AddMinutes(1))}";
        await ReportAsync("140430", "c", minute);
        await ComputedAsync(path, static points => points.GetArrayLength() == 1 && points[0].GetProperty("value").GetDouble() == 1);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/csv");
        string[] lines = (await (await server.Http.SendAsync(request, Ct)).Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("time,group,value,num,den,level,coverage,samples,rev", lines[0].Trim());
        Assert.Contains(",,1,,,", Assert.Single(lines[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channels_Listed_AreThoseOfTheFilesWithTheirKpis()
    {
        JsonElement all = await JsonAsync("/api/channels");
        Assert.Contains("城感通", all.EnumerateArray().Select(c => c.GetProperty("name").GetProperty("zh").GetString()));
        foreach (JsonElement channel in all.EnumerateArray())
            Assert.Equal(channel.GetProperty("kpis").GetInt32(), (await JsonAsync("/api/channels/" + channel.GetProperty("slug").GetString())).GetProperty("kpis").EnumerateArray().Select(k => k.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Channel_AskedForAgain_IsNotSentUntilItHasChanged()
    {
        const string path = "/api/channels/city?district=140429";
        EntityTagHeaderValue? tag = null;
        // A minute may end in between.
        await Until.TrueAsync("it has not changed", async () =>
        {
            using HttpResponseMessage first = await server.Http.GetAsync(path, Ct);
            Assert.True(first.Headers.CacheControl!.NoCache);
            tag = first.Headers.ETag!;
            using HttpResponseMessage again = await AskAsync(path, tag);
            return again.StatusCode == HttpStatusCode.NotModified && (await again.Content.ReadAsByteArrayAsync(Ct)).Length == 0;
        }, Ct);

        await ReportAsync("140429", "d", MinuteAgo(2));
        await Until.TrueAsync("it has changed", async () =>
        {
            await server.Jobs.RunAsync("city", "1m", Ct);
            using HttpResponseMessage changed = await AskAsync(path, tag!);
            return changed.StatusCode == HttpStatusCode.OK && !changed.Headers.ETag!.Equals(tag);
        }, Ct);
    }

    [Fact]
    public async Task Series_InPages_IsTheWholeSeries()
    {
        DateTimeOffset minute = MinuteAgo(55);
        string path = $"{Reported}/series?district=140428&window=1m&from={Text(minute)}&to={Text(minute.AddMinutes(3))}";
        for (int i = 0; i < 3; i++) await ReportAsync("140428", $"e{i}", minute.AddMinutes(i));
        await ComputedAsync(path, static points => points.GetArrayLength() == 3);

        List<string> times = [];
        for (string? next = path + "&limit=1"; next is not null;)
        {
            Assert.True(times.Count < 3, next);
            using HttpResponseMessage page = await server.Http.GetAsync(next, Ct);
            JsonElement answer = await page.Content.ReadFromJsonAsync<JsonElement>(Ct);
            times.Add(Assert.Single(answer.GetProperty("points").EnumerateArray()).GetProperty("time").GetString()!);
            string? link = page.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? Assert.Single(links) : null;
            Assert.Equal(link is not null, answer.TryGetProperty("next", out _));
            if (link is not null) Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
            next = link?[1..link.IndexOf('>', StringComparison.Ordinal)];
        }

        Assert.Equal((await JsonAsync(path)).GetProperty("points").EnumerateArray().Select(p => p.GetProperty("time").GetString()), times);
    }

    [Fact]
    public async Task Series_Compared_HasWhatTheWindowWasInThePeriodBefore()
    {
        DateTimeOffset minute = MinuteAgo(50);
        string range = $"{Reported}/series?district=140427&window=1m&compare=previous&from={Text(minute.AddMinutes(2))}&to={Text(minute.AddMinutes(4))}";
        await ReportAsync("140427", "f1", minute);
        for (int i = 0; i < 3; i++) await ReportAsync("140427", $"g{i}", minute.AddMinutes(2));
        await ComputedAsync(range, static points => points.GetArrayLength() > 0 && points[0].GetProperty("value").GetDouble() == 3 && points[0].TryGetProperty("previous", out JsonElement before) && before.GetProperty("value").GetDouble() == 1);

        JsonElement previous = (await JsonAsync(range)).GetProperty("points")[0].GetProperty("previous");
        Assert.Equal((1, 2, 200), (previous.GetProperty("value").GetDouble(), previous.GetProperty("difference").GetDouble(), previous.GetProperty("percent").GetDouble()));
        Assert.Equal(minute, previous.GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public void Table_OfTextThatASpreadsheetWouldCompute_IsText()
    {
        var point = new SeriesPoint(DateTimeOffset.UnixEpoch, "=cmd()|'x'!A1", -1.5, null, null, "green", null, 1, 0, DateTimeOffset.UnixEpoch) { Previous = new(DateTimeOffset.UnixEpoch, 0, -1.5, null) };
        string[] lines = SeriesTable.ToCsv([point], compares: true).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("\uFEFFtime,group,value,num,den,level,coverage,samples,rev,previous,difference,percent", lines[0]);
        Assert.Contains(",'=cmd()|'x'!A1,-1.5,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_OfADeviceThatFellSilent_SaysWhyThereIsNoLevel()
    {
        const string device = "MH-00001", kpi = "/api/channels/city/kpis/manhole_alarm";
        DateTimeOffset hour = ViewWindows.StartOf(ViewWindow.Hour, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Utc).AddHours(-2);
        for (int minute = 0; minute < 70; minute += 5)
        {
            HttpResponseMessage answer = await server.Http.PostAsJsonAsync("/ingest/manhole", new
            {
                end_device_ids = new { device_id = device },
                uplink_message = new { f_port = 2, received_at = hour.AddMinutes(minute).ToString("O", CultureInfo.InvariantCulture), decoded_payload = new { lid = "CLOSED", tilt = 1 } },
            }, Ct);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        string at = "district=140403&window=1h", range = $"{kpi}/series?{at}&from={Text(hour)}&to={Text(hour.AddHours(2))}";
        await ComputedAsync(range, static points => points.GetArrayLength() == 2 && points[1].TryGetProperty("coverage", out JsonElement coverage) && coverage.GetDouble() is > 0.1 and < 0.5, "1h");
        JsonElement all = (await JsonAsync(range)).GetProperty("points");
        Assert.Equal((1, "green", false), (all[0].GetProperty("coverage").GetDouble(), all[0].GetProperty("level").GetString(), all[0].TryGetProperty("reason", out _)));
        Assert.Equal(("unknown", "17 % of the expected samples, 50 % are needed"), (all[1].GetProperty("level").GetString(), all[1].GetProperty("reason").GetProperty("en").GetString()));

        JsonElement why = await JsonAsync($"{kpi}/explain?{at}&at={Text(hour.AddHours(1))}");
        Assert.Equal((12, 2, 0.5), (why.GetProperty("coverage").GetProperty("expected").GetInt32(), why.GetProperty("coverage").GetProperty("arrived").GetInt32(), why.GetProperty("coverage").GetProperty("least").GetDouble()));
        Assert.Equal("数据覆盖 17 %，至少需 50 %", why.GetProperty("shown").GetProperty("reason").GetProperty("zh").GetString());
    }

    [Fact]
    public async Task Explain_SaysHowToSeeThePointsAndWhereLevelsBegin()
    {
        await ReportAsync("140426", "h", MinuteAgo(30)); // before the first incident there is nothing to query
        await server.WaitUntilStoredAsync();
        JsonElement why = await JsonAsync("/api/channels/city/kpis/incident_reported/explain?district=140426&window=1h");
        JsonElement points = why.GetProperty("inputs")[0].GetProperty("points");
        Assert.Equal("duckdb", points.GetProperty("store").GetString());
        string query = points.GetProperty("query").GetString()!;
        Assert.StartsWith("SELECT ", query, StringComparison.Ordinal);
        Assert.Contains("140426", query, StringComparison.Ordinal);
        Assert.Contains("district in (140426)", points.GetProperty("where").EnumerateArray().Select(w => w.GetString()));

        JsonElement city = await JsonAsync("/api/channels/city");
        foreach (string? id in city.GetProperty("kpis").EnumerateArray().Select(k => k.GetProperty("id").GetString()).Distinct())
        {
            JsonElement kpi = await JsonAsync($"/api/channels/city/kpis/{id}/explain");
            if (!kpi.TryGetProperty("levels", out JsonElement words)) continue;
            Assert.Matches("^正常 [≤≥0-9-].*，其余严重", words.GetProperty("zh").GetString());
            Assert.Matches("^normal [≤≥0-9-].*, else critical", words.GetProperty("en").GetString());
            Assert.Equal(["green", "yellow", "orange"], kpi.GetProperty("bounds").EnumerateArray().Select(b => b.GetProperty("level").GetString()));
        }
    }

    [Theory]
    [InlineData("/api/channels/nothing", HttpStatusCode.NotFound, "city")]
    [InlineData("/api/channels/city/kpis/nothing/series", HttpStatusCode.NotFound, "incident_reported")]
    [InlineData("/api/channels/city?distrikt=140403", HttpStatusCode.BadRequest, "Did you mean district?")]
    [InlineData("/api/channels/city?district=999999", HttpStatusCode.BadRequest, "140403")]
    [InlineData(Reported + "/series?window=5m", HttpStatusCode.BadRequest, "1m, 1h, 1d")]
    [InlineData("/api/channels/city?compare=next", HttpStatusCode.BadRequest, "allowed: previous")]
    [InlineData(Reported + "/series?group=transport", HttpStatusCode.BadRequest, "not given by a tag")]
    [InlineData(Reported + "/series?limit=0", HttpStatusCode.BadRequest, "1 to 20000")]
    [InlineData(Reported + "/series?limit=20001", HttpStatusCode.BadRequest, "1 to 20000")]
    [InlineData(Reported + "/series?after=here", HttpStatusCode.BadRequest, "gave as next")]
    [InlineData(Reported + "/series?to=0001-01-01T00:00:00Z", HttpStatusCode.BadRequest, "1900 to 2999")]
    [InlineData(Reported + "/explain?at=9999-12-31T23:59:59Z", HttpStatusCode.BadRequest, "1900 to 2999")]
    [InlineData(Reported + "/series?from=yesterday", HttpStatusCode.BadRequest, "ISO 8601")]
    [InlineData(Reported + "/series?window=1m&from=2020-01-01T00:00:00Z", HttpStatusCode.BadRequest, "at most 14 days")]
    [InlineData(Reported + "/series?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", HttpStatusCode.BadRequest, "a from before to")]
    public async Task Request_ThatCannotBeAnswered_SaysWhatIsAllowed(string path, HttpStatusCode status, string words)
    {
        HttpResponseMessage answer = await server.Http.GetAsync(path, Ct);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(words, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static DateTimeOffset MinuteAgo(int minutes)
    {
        DateTimeOffset then = TimeProvider.System.GetUtcNow().AddMinutes(-minutes);
        return new DateTimeOffset(then.UtcTicks - then.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
    }

    private static string Text(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    private async Task ReportAsync(string district, string id, DateTimeOffset time)
    {
        HttpResponseMessage answer = await server.Http.PostAsJsonAsync(
            "/ingest/grid-incident", new { caseId = $"CH-{district}-{id}", state = "reported", time = time.ToString("O", CultureInfo.InvariantCulture), category = "event.appearance", district, text = "垃圾堆积" }, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, EntityTagHeaderValue known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(known);
        return await server.Http.SendAsync(request, Ct);
    }

    // The jobs run at the minute; here they need not wait for it.
    private Task ComputedAsync(string path, Func<JsonElement, bool> holds, string window = "1m") => Until.TrueAsync("the series has it: " + path, async () =>
    {
        await server.Jobs.RunAsync("city", window, Ct);
        return holds((await JsonAsync(path)).GetProperty("points"));
    }, Ct);

    private async Task<JsonElement> JsonAsync(string path) => await server.Http.GetFromJsonAsync<JsonElement>(path, Ct);

    public sealed class Server : CityServer
    {
        internal RollupJobs Jobs => Part<RollupJobs>();
    }
}
