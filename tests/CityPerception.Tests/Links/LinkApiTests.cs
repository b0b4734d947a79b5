using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Storage.Operations;
using CityPerception.TestKit;
using CityPerception.Tests.Sources;

namespace CityPerception.Tests.Links;

/// <summary>Appeals that tell the same matter, from their messages to an operator's verdict.</summary>
public sealed class LinkApiTests(LinkApiTests.Server server) : IClassFixture<LinkApiTests.Server>
{
    private const string Telephone = "13912345678";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Undo_WithAReason_PartsThemForGoodAndKeepsTheReasonMasked()
    {
        await ReportAsync("LINK-1", "英雄中路路灯不亮，晚上走路很危险");
        await ReportAsync("LINK-2", "英雄中路的路灯坏了，晚上走路不安全");
        JsonElement link = default;
        await Until.TrueAsync("they are linked", async () =>
        {
            JsonElement links = (await server.Http.GetFromJsonAsync<JsonElement>("/api/links", Ct)).GetProperty("links");
            link = links.GetArrayLength() == 1 ? links[0] : default;
            return links.GetArrayLength() == 1;
        }, Ct);
        string id = link.GetProperty("duplicate").GetProperty("id").GetString()!;
        Assert.EndsWith("LINK-2", link.GetProperty("duplicate").GetProperty("appeal").GetString(), StringComparison.Ordinal);
        Assert.True(link.GetProperty("why").ValueKind is JsonValueKind.Object);

        using HttpResponseMessage silent = await server.Http.PostAsJsonAsync($"/api/links/{id}/undo", new { reason = " " }, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, silent.StatusCode);
        using HttpResponseMessage undone = await server.Http.PostAsJsonAsync($"/api/links/{id}/undo", new { reason = $"居民来电 {Telephone}：不是同一路口" }, Ct);
        Assert.Equal(HttpStatusCode.NoContent, undone.StatusCode);

        Assert.Equal(0, (await server.Http.GetFromJsonAsync<JsonElement>("/api/links", Ct)).GetProperty("links").GetArrayLength());
        await using OperationalDb db = server.Databases.CreateDbContext();
        string reason = Assert.Single(db.AppealVerdicts.Select(static v => v.Reason));
        Assert.Contains("不是同一路口", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Telephone, reason, StringComparison.Ordinal);
    }

    private async Task ReportAsync(string caseId, string text)
    {
        using HttpResponseMessage answer = await server.Http.PostAsJsonAsync("/ingest/grid-incident", new
        {
            caseId,
            state = "reported",
            time = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            category = "component.public_utility",
            district = "140403",
            text,
        }, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    public sealed class Server : CityServer
    {
        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Links:Enabled", "true")];

        internal OperationalDbs Databases => Part<OperationalDbs>();
    }
}
