using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CityPerception.Core.Queries;
using CityPerception.Storage.Operations.Access;
using CityPerception.Tests.Access;

namespace CityPerception.Tests.FieldReports;

/// <summary>Reports as the form sends them, by whoever signed in.</summary>
public sealed class ReportTests(PeopleServer server) : IClassFixture<PeopleServer>
{
    private const string Path = "/api/reports";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_SameReportTwice_IsOnePointAndOneCaseOfWhoSignedIn()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.GridStaff);
        using HttpClient person = await server.SignInAsync(name, password);
        JsonObject report = Report();
        using HttpResponseMessage first = await PostAsync(person, report), again = await PostAsync(person, report);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));

        string id = report["id"]!.ToString();
        Point incident = Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", id)));
        Assert.Equal($"reporter={name}; accuracy_m=12", incident.Fields["attributes"]);
        Assert.DoesNotContain(name, incident.Tags.Values);
        Assert.Single(await server.PointsAsync("case_event", new Filter.Text("case_id", id)));
        JsonElement cases = (await person.GetFromJsonAsync<JsonElement>($"/api/cases?source=grid-report&id=other,{id}", Ct)).GetProperty("cases");
        Assert.Equal("reported", Assert.Single(cases.EnumerateArray()).GetProperty("state").GetString());
        using HttpResponseMessage tooMany = await person.GetAsync("/api/cases?id=" + new string(',', 100), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.StatusCode);
    }

    [Theory]
    [InlineData("id", "00000000-0000-0000-0000-000000000000", "缺少编号")]
    [InlineData("category", "event.nothing", "没有该类别")]
    [InlineData("category", null, "没有该类别")]
    [InlineData("district", "110101", "没有该区县")]
    [InlineData("text", "  ", "描述应为")]
    [InlineData("grid", "14<b>", "网格编码")]
    [InlineData("latitude", 10.0, "不在本市范围")]
    [InlineData("latitude", null, "不在本市范围")]
    [InlineData("madeAt", "2020-01-01T00:00:00Z", "超过 30 天")]
    [InlineData("madeAt", "2099-01-01T00:00:00Z", "快于服务器时间")]
    public async Task Post_MemberThatBreaksARule_IsRefusedWithWhatAndWhyAndNotStored(string member, object? value, string why)
    {
        JsonObject report = Report();
        report[member] = JsonValue.Create(value);
        await AssertRefusedAsync(report, why);
    }

    [Fact]
    public async Task Post_TooLongTooManyOrPhotosThatHaveNotArrived_IsRefused()
    {
        JsonObject report = Report();
        report["text"] = new string('长', 2_001);
        await AssertRefusedAsync(report, "描述应为");
        report = Report();
        report["photos"] = new JsonArray(Guid.NewGuid().ToString());
        await AssertRefusedAsync(report, "照片尚未上传");
        report["photos"] = new JsonArray([.. Enumerable.Range(0, 6).Select(_ => JsonValue.Create(Guid.NewGuid().ToString()))]);
        await AssertRefusedAsync(report, "最多 5 张照片");
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"text\":[1]}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task Post_WhatIsNoReport_IsRefused(string body, string type, HttpStatusCode expected)
    {
        using HttpClient person = await StaffAsync();
        using HttpResponseMessage answer = await person.PostAsync(Path, new StringContent(body, Encoding.UTF8, type), Ct);
        Assert.Equal(expected, answer.StatusCode);
        using HttpResponseMessage large = await person.PostAsync(Path, new StringContent(new string(' ', 40_000), Encoding.UTF8, "application/json"), Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Changes_FromAnotherSitesPage_AreRefused()
    {
        using HttpClient person = await StaffAsync();
        person.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        using HttpResponseMessage report = await PostAsync(person, Report());
        using HttpResponseMessage photo = await person.PutAsync($"{Path}/photos/{Guid.NewGuid()}", new ByteArrayContent(Pictures.Jpeg(40, 30)), Ct);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (report.StatusCode, photo.StatusCode));
    }

    private async Task AssertRefusedAsync(JsonObject report, string why)
    {
        using HttpClient person = await StaffAsync();
        using HttpResponseMessage answer = await PostAsync(person, report);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(why, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("errors").EnumerateObject().Single().Value[0].GetString(), StringComparison.Ordinal);
        Assert.Empty(await server.PointsAsync("incident", new Filter.Text("address", report["address"]!.ToString())));
    }

    private async Task<HttpClient> StaffAsync()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.GridStaff);
        return await server.SignInAsync(name, password);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient person, JsonObject report) => person.PostAsync(Path, new StringContent(report.ToJsonString(), Encoding.UTF8, "application/json"), Ct);

    private static JsonObject Report() => new()
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["madeAt"] = TimeProvider.System.GetUtcNow(),
        ["category"] = "event.appearance",
        ["district"] = "140403",
        ["grid"] = "140403001003011",
        ["text"] = "路口有暴露垃圾",
        ["address"] = "英雄中路 " + Guid.NewGuid(),
        ["latitude"] = 36.2011,
        ["longitude"] = 113.1187,
        ["accuracy"] = 12,
    };
}
