using System.Net;
using System.Text.Json.Nodes;
using CityPerception.Core.Queries;

namespace CityPerception.Tests.Sources;

/// <summary>What citizens write is text, whatever it looks like.</summary>
public sealed class CitizenTextTests(CityServer server) : IClassFixture<CityServer>
{
    public static TheoryData<string> Texts => new()
    {
        "路灯坏了，“三天”没人修；电话 0355-1234567 🚧",
        "first line\nincident,category=event.advert,device=evil severity=4i 1700000000000000000\nlast line",
        "windows\r\nline\rbreaks",
        "\",device=evil severity=4i 1700000000000000000\n\"",
        "back\\slash \\\" \\\\ end\\",
        "'; DROP MEASUREMENT incident; DROP TABLE incident; --",
        "\" OR 1=1 OR \"text\" =~ /.*/",
        "<script>alert('x')</script><img src=x onerror=alert(1)>&amp;",
        "comma, equals= space  tab\tend",
        "{\"$ne\":null} ${jndi:ldap://x} {{7*7}} %s%n",
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_ThatTriesToInject_ComesBackFromTheStoreAsOneText(string text)
    {
        string caseId = Guid.NewGuid().ToString("N");
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        string message = Incident(caseId, text);
        Assert.True((await peer.PublishAsync("city/grid/140403/events", message)).IsSuccess);
        using HttpResponseMessage again = await server.Http.PostAsync("/ingest/grid-incident", new StringContent(message), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);

        Point point = Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", caseId)));
        Assert.Equal(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)), point.Fields["text"]); // line breaks are the grammar's
        Assert.Equal(["category", "district", "sense", "source", "state"], point.Tags.Keys);
        Assert.Equal(["case_id", "severity", "text"], point.Fields.Keys);
        Assert.Empty(await server.PointsAsync("incident", new Filter.Tag("device", ["evil"])));
    }

    [Fact]
    public async Task Text_WithSomebodysNumbers_IsStoredMaskedWhicheverWayItComes()
    {
        const string said = "联系人张三，电话13812345678，身份证11010519491231002X", kept = "联系人张*，电话138****5678，身份证110105************";
        string caseId = Guid.NewGuid().ToString("N");
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest/grid-incident", new StringContent(Incident(caseId, said)), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        string line = $"incident,category=component.public_utility,state=reported case_id=\"{caseId}-line\",text=\"{said}\" 1715000000000000000";
        using HttpResponseMessage written = await server.Http.PostAsync("/api/v2/write", new StringContent(line), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);

        foreach (string id in (string[])[caseId, caseId + "-line"])
            Assert.Equal(kept, Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", id))).Fields["text"]);
    }

    [Fact]
    public async Task Text_InAPlaceForANumber_IsMaskedInTheReason()
    {
        string message = Incident("x", "y").Replace("\"severity\":3", "\"severity\":\"13812345678打不通\"", StringComparison.Ordinal);
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest/grid-incident", new StringContent(message), TestContext.Current.CancellationToken);
        string reason = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["errors"]![0]!["detail"]!.GetValue<string>();
        Assert.Contains("138****5678打不通", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_ForATextThatTriesToInject_FindsItAndNothingElse()
    {
        string caseId = $"{Guid.NewGuid():N}' OR '1'='1";
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest/grid-incident", new StringContent(Incident(caseId, "a text")), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Single(await server.PointsAsync("incident", new Filter.Text("case_id", caseId)));
    }

    private static string Incident(string caseId, string text) => new JsonObject
    {
        ["caseId"] = caseId,
        ["state"] = "reported",
        ["time"] = "2024-05-06T07:08:09+08:00",
        ["category"] = "component.public_utility",
        ["severity"] = 3,
        ["district"] = "140403",
        ["unit"] = "住房和城乡建设局",
        ["text"] = text,
    }.ToJsonString();
}
