using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using CityPerception.Core.Queries;
using CityPerception.Sources.Open311;

namespace CityPerception.Tests.Sources.Open311;

/// <summary>What may be in a form, and what comes of one that comes twice.</summary>
public sealed class Open311ReportTests(CityServer server) : IClassFixture<CityServer>
{
    private readonly Resident _resident = new(server);

    [Theory]
    [InlineData("first line\nincident,category=event.advert,district=140403 severity=4i 1700000000000000000\nlast line")]
    [InlineData("windows\r\nline\rbreaks")]
    [InlineData("\",severity=4i 1700000000000000000\n\"")]
    [InlineData("'; DROP TABLE incident; -- \" OR 1=1 OR \"text\" =~ /.*/")]
    [InlineData("<script>alert('x')</script><img src=x onerror=alert(1)>&amp;]]>")]
    [InlineData("=HYPERLINK(\"http://example.org\",\"click\") +cmd|' /C calc'!A0 @SUM(1)")]
    [InlineData("back\\slash \\\" end\\")]
    [InlineData("a&b=c%20d+e;f 🚧 “三天”")]
    [InlineData("not XML \u0001\u000B\uFFFE either")]
    public async Task Post_TextThatTriesToInject_ComesBackAsThatText(string text)
    {
        string id = await _resident.ReportAsync(Resident.Report(text));

        // Line breaks are the grammar's of line protocol, so they are stored as blanks.
        string stored = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        Assert.Equal(stored, (await _resident.GetAsync($"/requests/{id}.json")).Json[0].GetProperty("description").GetString());
        XElement request = (await _resident.GetAsync($"/requests/{id}.xml")).Xml.Element("request")!;
        Assert.Equal(stored.Replace('\uFFFE', '\uFFFD'), request.Element("description")!.Value);
        Assert.Empty(request.Element("description")!.Elements());
        Point point = Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", id)));
        Assert.DoesNotContain("severity", point.Fields.Keys);
    }

    [Fact]
    public async Task Post_PhoneAndMailInTheDescription_AreMasked()
    {
        string id = await _resident.ReportAsync(Resident.Report("请打19912345678或写信li@example.org"));
        Assert.Equal("请打199****5678或写信l*@example.org", (await _resident.GetAsync($"/requests/{id}.json")).Json[0].GetProperty("description").GetString());
    }

    [Fact]
    public async Task Post_SameKeyAgain_GivesTheSameIdAndChangesNothing()
    {
        string key = Guid.NewGuid().ToString();
        Reply first = await _resident.PostAsync(Resident.Report("as it was"), key), again = await _resident.PostAsync(Resident.Report("other words"), key);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, again.Status));
        Assert.Equal(first.Id, again.Id);
        Assert.NotEqual(first.Id, (await _resident.PostAsync(Resident.Report("as it was"), key + "x")).Id);

        Point point = Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", first.Id)));
        Assert.Equal("as it was", point.Fields["text"]);
    }

    [Fact]
    public async Task Post_KeyOfAReportFromBeforeARestart_ChangesNothing()
    {
        string key = Guid.NewGuid().ToString(), id = ReportId.OfKey("", key).ToString();
        using var content = new StringContent($$"""{"service_request_id":"{{id}}","service_code":"event.advert","requested_datetime":"{{TimeProvider.System.GetUtcNow().AddDays(-20):O}}","address_string":"府后街"}""");
        using HttpResponseMessage taken = await server.Http.PostAsync("/ingest/open311", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", id)));

        Reply reply = await _resident.PostAsync(Resident.Report(), key);
        Assert.Equal((HttpStatusCode.OK, id), (reply.Status, reply.Id));
        Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", id)));
    }

    [Fact]
    public async Task Post_ManyAtOnceWithOneKey_AreOneReport()
    {
        string key = Guid.NewGuid().ToString();
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _resident.PostAsync(Resident.Report("at once"), key)));
        string id = Assert.Single(replies.Select(r => r.Id).Distinct());
        Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", id)));
        Assert.Single(await server.PointsAsync("case_event", new Filter.Text("case_id", id)));
    }

    [Fact]
    public void OfContent_SamePlaceServiceTextAndMinute_IsTheSameId()
    {
        ServiceType service = new("event.advert", new("", ""), new("", ""), new("", ""), "", []);
        var minute = new DateTimeOffset(2026, 11, 24, 1, 30, 0, TimeSpan.Zero);
        Guid Id(double? lat = 36.20111, string? text = "x", string? address = null, int later = 0, string code = "event.advert") => ReportId.OfContent(
            new Report
            {
                Service = service with { Code = code },
                Latitude = lat,
                Longitude = 113.1,
                Description = text,
                Address = address,
                Attributes = new Dictionary<string, string[]>(),
                Reporter = new Dictionary<string, string>(),
            }, minute.AddMinutes(later));

        Guid id = Id();
        Assert.Equal(id, Id(lat: 36.20113));
        Assert.Equal((7, minute.ToUnixTimeMilliseconds()), (id.Version, long.Parse(id.ToString("N")[..12], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture)));
        Guid[] others = [Id(lat: 36.2021), Id(text: "y"), Id(address: "x"), Id(text: null, address: "x"), Id(later: 1), Id(code: "event.emergency"), Id(lat: null)];
        Assert.Equal(others.Length, others.Append(id).Distinct().Count() - 1);
    }

    public static TheoryData<string, string?, int, string> BadFields => new()
    {
        { "service_code", null, 400, "service_code was not provided" },
        { "service_code", "event.unknown", 404, "service_code was not found" },
        { "lat", null, 400, "lat was not provided" },
        { "long", "", 400, "long was not provided" },
        { "lat", "36,2", 400, "decimal degrees" },
        { "lat", "NaN", 400, "decimal degrees" },
        { "lat", "1e1", 400, "decimal degrees" },
        { "lat", "113.1187", 400, "not within the city" },
        { "description", new string('长', 4_001), 400, "4001 characters" },
        { "address_string", new string('a', 301), 400, "address_string" },
        { "email", new string('a', 201), 400, "email" },
        { "media_url", "javascript:alert(1)", 400, "media_url" },
        { "media_url", "file:///etc/passwd", 400, "media_url" },
        { "media_url", "pictures/1.jpg", 400, "media_url" },
        { "attribute[minor]", "夜市", 400, "attribute[minor]" },
        { "attribute[colour]", "red", 400, "attribute[colour]" },
        { "jurisdiction_id", "boston", 404, "jurisdiction_id" },
    };

    [Theory, MemberData(nameof(BadFields))]
    public async Task Post_FieldThatIsWrong_SaysWhatInBothLanguagesAndForms(string name, string? value, int status, string about)
    {
        Dictionary<string, string> form = Resident.Report();
        form.Remove(name);
        if (value is not null) form.Add(name, value);

        Reply json = await _resident.PostAsync(form), xml = await _resident.PostAsync(form, end: ".xml");
        Assert.Equal((status, status), ((int)json.Status, (int)xml.Status));
        (int code, string description) = Assert.Single(json.Errors);
        Assert.Equal(status, code);
        Assert.Contains(about, description, StringComparison.Ordinal);
        Assert.Contains(description, c => c is > '一' and < '龥');
        Assert.Equal(description, Assert.Single(xml.Xml.Elements("error")).Element("description")!.Value);
    }

    [Fact]
    public async Task Post_SeveralThingsWrong_SaysThemAll()
    {
        Reply reply = await _resident.PostAsync(new Dictionary<string, string> { ["media_url"] = "x" });
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(["service_code", "lat", "media_url"], reply.Errors.Select(e => e.Description.Split(' ')[0]));
    }

    [Fact]
    public async Task Post_RepeatedAttributeOfASingleValue_IsRefused()
    {
        List<KeyValuePair<string, string>> form = [.. Resident.Report(), new("attribute[minor][]", "暴露垃圾"), new("attribute[minor][]", "积存渣土")];
        Assert.Contains("one value", Assert.Single((await _resident.PostAsync(form)).Errors).Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{\"service_code\":\"event.advert\"}", 400, "form")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n\r\n--x--", 400, "form")]
    [InlineData("application/x-www-form-urlencoded", "", 400, "service_code")]
    [InlineData("application/x-www-form-urlencoded", "=&&&==&%", 400, "service_code")]
    [InlineData("application/x-www-form-urlencoded", "service_code=%B4%F2", 400, "UTF-8")]
    public async Task Post_BodyThatIsNoForm_IsRefused(string type, string body, int status, string about)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        Reply reply = await _resident.PostAsync(content);
        Assert.Equal(status, (int)reply.Status);
        Assert.Contains(about, reply.Errors[0].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TooMuch_IsRefused()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _resident.PostAsync(Resident.Report(new string('x', 70_000)))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _resident.PostAsync(Enumerable.Range(0, 101).Select(i => KeyValuePair.Create($"f{i}", "x")))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _resident.PostAsync([KeyValuePair.Create(new string('f', 300), "x")])).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _resident.PostAsync(Resident.Report(), key: new string('k', 256))).Status);
    }
}
