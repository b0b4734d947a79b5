using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using CityPerception.Core.Queries;

namespace CityPerception.Tests.Sources.Open311;

/// <summary>From a report to its answer, as residents and their apps see it.</summary>
public sealed class Open311Tests(CityServer server) : IClassFixture<CityServer>
{
    private readonly Resident _resident = new(server);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Services_InJsonAndXml_AreTheCategoriesOfIncidents()
    {
        JsonElement[] json = [.. (await _resident.GetAsync("/services.json")).Json.EnumerateArray()];
        Assert.Equal(12, json.Length);
        JsonElement litter = Assert.Single(json, s => s.GetProperty("service_code").GetString() == Resident.Litter);
        Assert.Equal(["service_code", "service_name", "description", "metadata", "type", "keywords", "group"], litter.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("市容环境", true, "realtime"), (litter.GetProperty("service_name").GetString(), litter.GetProperty("metadata").GetBoolean(), litter.GetProperty("type").GetString()));

        XElement xml = (await _resident.GetAsync("/services.xml")).Xml;
        Assert.Equal("services", xml.Name);
        Assert.Equal(json.Select(s => s.GetProperty("service_code").GetString()), xml.Elements("service").Select(s => s.Element("service_code")!.Value));
        Assert.Equal("true", xml.Elements("service").First(s => s.Element("service_code")!.Value == Resident.Litter).Element("metadata")!.Value);
    }

    [Theory]
    [InlineData("application/json", "", "{")]
    [InlineData("text/xml", "", "<")]
    [InlineData("application/xml;q=0.9, application/json;q=0.5", "", "<")]
    [InlineData("text/xml;q=0.1, */*;q=0.2", "", "{")]
    [InlineData("text/xml", ".json", "{")]
    [InlineData("application/json", ".xml", "<")]
    public async Task Definition_ByEndOrAccept_HasTheForm(string accept, string end, string begins)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Resident.Path}/services/{Resident.Litter}{end}");
        request.Headers.Add("Accept", accept);
        request.Headers.Add("Accept-Language", "en-GB, zh;q=0.5");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var reply = new Reply(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), false);

        Assert.StartsWith(begins, reply.Text.TrimStart('\uFEFF'), StringComparison.Ordinal);
        if (begins == "{")
        {
            JsonElement attribute = Assert.Single(reply.Json.GetProperty("attributes").EnumerateArray());
            Assert.Equal(("minor", "singlevaluelist", "Which of these is it?"), (attribute.GetProperty("code").GetString(), attribute.GetProperty("datatype").GetString(), attribute.GetProperty("description").GetString()));
            Assert.Equal("exposed litter", attribute.GetProperty("values")[0].GetProperty("name").GetString());
        }
        else
        {
            Assert.Equal("service_definition", reply.Xml.Name);
            XElement value = reply.Xml.Element("attributes")!.Element("attribute")!.Element("values")!.Elements("value").First();
            Assert.Equal(("暴露垃圾", "exposed litter"), (value.Element("key")!.Value, value.Element("name")!.Value));
        }
    }

    [Fact]
    public async Task Post_ThenGet_AnswersTheReportWithoutWhoMadeIt()
    {
        Dictionary<string, string> form = Resident.Report();
        foreach ((string name, string value) in new Dictionary<string, string>
        {
            ["jurisdiction_id"] = "changzhi",
            ["address_string"] = "潞州区英雄中路",
            ["address_id"] = "A-17",
            ["media_url"] = "https://example.org/p/1.jpg?a=1&b=2",
            ["attribute[minor]"] = "暴露垃圾",
            ["first_name"] = "Zebulon",
            ["last_name"] = "Quartermain",
            ["phone"] = "19912345678",
            ["email"] = "zebulon@example.org",
            ["device_id"] = "device-zq-1",
            ["account_id"] = "account-zq-1",
        }) form[name] = value;
        string id = await _resident.ReportAsync(form);

        Reply got = await _resident.GetAsync($"/requests/{id}.json");
        JsonElement request = Assert.Single(got.Json.EnumerateArray());
        Assert.Equal(
            ["service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible", "service_notice", "requested_datetime",
                "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url"],
            request.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            (id, "open", "上报", "市容环境", Resident.Litter, form["description"], form["address_string"], "A-17", form["media_url"]),
            (Text("service_request_id"), Text("status"), Text("status_notes"), Text("service_name"), Text("service_code"), Text("description"), Text("address"), Text("address_id"), Text("media_url")));
        Assert.Equal((36.2011, 113.1187), (request.GetProperty("lat").GetDouble(), request.GetProperty("long").GetDouble()));
        Assert.EndsWith("+08:00", Text("requested_datetime"), StringComparison.Ordinal);
        Assert.InRange(DateTimeOffset.Parse(Text("requested_datetime")!, System.Globalization.CultureInfo.InvariantCulture), Now.AddMinutes(-5), Now);

        // Neither answered nor stored.
        Point[] points = [.. await server.PointsAsync("incident", new Filter.Text("case_id", id)), .. await server.PointsAsync("case_event", new Filter.Text("case_id", id))];
        Assert.Equal(2, points.Length);
        Assert.All(points, p => Assert.Equal("140403", p.Tags["district"])); // the address names it
        string everything = got.Text + string.Join('\n', points.SelectMany(p => p.Tags.Values.Concat(p.Fields.Values.Select(v => $"{v}"))));
        Assert.All(["Zebulon", "Quartermain", "19912345678", "zebulon@", "device-zq-1", "account-zq-1"], secret => Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase));

        string? Text(string name) => request.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Get_ThroughTheLifeOfACase_SaysHowFarItIs()
    {
        DateTimeOffset start = Now.AddDays(-3);
        string id = await _resident.ReportAtAsync(start);
        await _resident.ChangeAsync(id, "派遣", start.AddHours(1), "已派环卫中队");
        await AssertAsync("open", "已派环卫中队", "城市管理局", start.AddHours(1));
        await _resident.ChangeAsync(id, "closed", start.AddHours(2));
        await AssertAsync("closed", "结案", "城市管理局", start.AddHours(2));
        await _resident.WriteAsync($"case_event,category=x,dept=other,district=140403,state=overdue case_id=\"{id}\" {start.AddHours(3).ToUnixTimeSeconds()}"); // a clock's word is no step
        await AssertAsync("closed", "结案", "城市管理局", start.AddHours(2));
        await _resident.ChangeAsync(id, "返工", start.AddHours(4));
        await AssertAsync("open", "返工", "城市管理局", start.AddHours(4));
        await _resident.ChangeAsync(id, "作废", start.AddHours(5));
        await AssertAsync("closed", "作废", "城市管理局", start.AddHours(5));

        async Task AssertAsync(string status, string notes, string agency, DateTimeOffset updated)
        {
            XElement request = (await _resident.GetAsync($"/requests/{id}.xml")).Xml.Elements("request").Single();
            Assert.Equal((status, notes, agency), (Text("status"), Text("status_notes"), Text("agency_responsible")));
            Assert.Equal(updated.ToUnixTimeSeconds(), Time("updated_datetime"));
            Assert.Equal(start.ToUnixTimeSeconds(), Time("requested_datetime"));
            Assert.True(Time("expected_datetime") > Time("updated_datetime")); // a working day after the change

            string Text(string name) => request.Element(name)!.Value;
            long Time(string name) => DateTimeOffset.Parse(Text(name), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        }
    }

    [Fact]
    public async Task List_ByStatusServiceTimeAndIds_ShowsThoseAlone()
    {
        var day = new DateTimeOffset(Now.AddDays(-150).Date.AddHours(8), TimeSpan.FromHours(8));
        string civil = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        string first = await _resident.ReportAtAsync(day), second = await _resident.ReportAtAsync(day.AddHours(1), "event.advert"), third = await _resident.ReportAtAsync(day.AddHours(2));
        string much = await _resident.ReportAtAsync(day.AddDays(89)), later = await _resident.ReportAtAsync(day.AddDays(91));
        await _resident.ChangeAsync(third, "closed", day.AddHours(3));
        string thatDay = $"start_date={Resident.Date(day)}&end_date={Resident.Date(day.AddDays(1))}";

        Assert.Equal([third, second, first], await _resident.IdsAsync(thatDay));
        Assert.Equal([second, first], await _resident.IdsAsync(thatDay + "&status=open"));
        Assert.Equal([third], await _resident.IdsAsync(thatDay + "&status=closed"));
        Assert.Equal([third, first], await _resident.IdsAsync($"{thatDay}&service_code={Resident.Litter}"));
        Assert.Equal([third, second, first], await _resident.IdsAsync($"{thatDay}&service_code={Resident.Litter},event.advert"));
        Assert.Equal([third], await _resident.IdsAsync($"{thatDay}&service_code={Resident.Litter}&status=closed"));
        Assert.Equal([second, first], await _resident.IdsAsync($"start_date={civil}T08:00:00&end_date={Resident.Date(day.AddHours(2))}")); // without a zone: the city's
        Assert.Equal([second, first], await _resident.IdsAsync($"start_date={civil}T08:00:00+08:00&end_date={civil}T01:59:59Z")); // a plus that nobody escaped
        // One end of a range asks for 90 days.
        Assert.Equal([much, third, second, first], await _resident.IdsAsync($"start_date={Resident.Date(day)}"));
        Assert.Equal([third, second, first], await _resident.IdsAsync($"end_date={Resident.Date(day.AddDays(80))}"));
        // Ids are found wherever they are.
        Assert.Equal([later, first], await _resident.IdsAsync($"service_request_id={first},{later},{Guid.NewGuid()}"));
        Assert.DoesNotContain(first, await _resident.IdsAsync(""));

        Assert.Equal([third], await _resident.IdsAsync(thatDay + "&page_size=1"));
        Assert.Equal([first], await _resident.IdsAsync(thatDay + "&page_size=2&page=2"));
        Assert.Equal([first], await _resident.IdsAsync(thatDay + "&status=open&page_size=1&page=2"));
        Assert.Empty(await _resident.IdsAsync(thatDay + "&page=2"));
    }

    [Fact]
    public async Task List_CasesOfOthers_AreNotShown()
    {
        string caseId = Guid.NewGuid().ToString();
        using HttpResponseMessage taken = await server.Http.PostAsync("/ingest/grid-incident", new StringContent(
            $$"""{"caseId":"{{caseId}}","state":"reported","time":"{{Now:O}}","category":"event.advert","district":"140403","unit":"公安局","text":"内部"}"""), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", caseId)));

        Assert.Equal(HttpStatusCode.NotFound, (await _resident.GetAsync($"/requests/{caseId}.json")).Status);
        Assert.Empty(await _resident.IdsAsync($"service_request_id={caseId}"));
    }

    [Theory]
    [InlineData("/requests.json?start_date=yesterday", 400, "start_date")]
    [InlineData("/requests.json?end_date=01/02/2026", 400, "end_date")]
    [InlineData("/requests.json?start_date=2026-03-02&end_date=2026-03-01", 400, "after")]
    [InlineData("/requests.json?status=done", 400, "status")]
    [InlineData("/requests.json?page=0", 400, "page")]
    [InlineData("/requests.json?page_size=1001", 400, "page_size")]
    [InlineData("/requests.json?page=1000", 400, "page")]
    [InlineData("/requests.json?jurisdiction_id=boston", 404, "jurisdiction_id")]
    [InlineData("/services.json?jurisdiction_id=boston", 404, "jurisdiction_id")]
    [InlineData("/services/no.such.json", 404, "service_code")]
    [InlineData("/requests/01a222b4-bd40-7940-ae70-7d51ff9f14b6.json", 404, "service_request_id")]
    [InlineData("/requests/' OR '1'='1.json", 404, "service_request_id")]
    [InlineData("/tokens/nothing.json", 404, "token")]
    [InlineData("/nothing.json", 404, "discovery")]
    public async Task Get_WhatIsNotRight_IsAnArrayOfErrors(string path, int status, string about)
    {
        Reply reply = await _resident.GetAsync(path);
        Assert.Equal(status, (int)reply.Status);
        (int code, string description) = Assert.Single(reply.Errors);
        Assert.Equal(status, code);
        Assert.Contains(about, description, StringComparison.Ordinal);
        Assert.Contains(description, c => c is > '一' and < '龥'); // in Chinese too

        XElement xml = (await _resident.GetAsync(path.Replace(".json", ".xml", StringComparison.Ordinal))).Xml;
        Assert.Equal(("errors", status.ToString(System.Globalization.CultureInfo.InvariantCulture)), (xml.Name, xml.Element("error")!.Element("code")!.Value));
    }

    [Fact]
    public async Task TokenAndDiscovery_AnswerTheIdAndTheAddress()
    {
        string id = await _resident.ReportAsync();
        Assert.Equal(id, (await _resident.GetAsync($"/tokens/{id}.json")).Id);
        Assert.Equal(id, (await _resident.GetAsync($"/tokens/{id}.xml")).Xml.Element("request")!.Element("service_request_id")!.Value);

        XElement discovery = XDocument.Parse(await server.Http.GetStringAsync("/open311/discovery.xml", TestContext.Current.CancellationToken)).Root!;
        XElement endpoint = discovery.Element("endpoints")!.Element("endpoint")!;
        Assert.Equal("http://wiki.open311.org/GeoReport_v2", endpoint.Element("specification")!.Value);
        using HttpResponseMessage services = await server.Http.GetAsync(endpoint.Element("url")!.Value + "/services.json", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, services.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await server.Http.GetStringAsync("/open311/discovery.json", TestContext.Current.CancellationToken));
        Assert.Equal(["application/json", "text/xml"], json.RootElement.GetProperty("endpoints")[0].GetProperty("formats").EnumerateArray().Select(f => f.GetString()));
    }
}
