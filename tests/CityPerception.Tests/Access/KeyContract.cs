using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CityPerception.Storage.Operations.Access;
using CityPerception.TestKit;
using CityPerception.Tests.Sources;

namespace CityPerception.Tests.Access;

/// <summary>Programs by their keys.</summary>
public abstract class KeyContract(PeopleServer server)
{
    private const string Line = "noise,district=wuchang,device=N-1,source=telegraf laeq=61.5";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_WithAKeyOfTheSource_IsStoredAndOfAnotherIsNot()
    {
        using HttpClient gateway = await server.WithKeyAsync((await server.AddKeyAsync(["ingest:air-station"])).Key);
        string device = Air.NewDevice();
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(gateway, "/ingest/air-station", Air.Message(device)));
        Assert.Single(await server.PointsOfAsync(device));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(gateway, "/ingest/noise-meter", Air.Message(device)));
        Assert.Empty(await server.LettersOfAsync(Air.Message(device))); // whoever may not, leaves nothing behind
        Assert.Single(await server.PointsOfAsync(device));
    }

    [Theory]
    [InlineData("Bearer", "{0}")]
    [InlineData("Token", "{0}")]
    [InlineData("token", "anybody:{0}")]
    [InlineData("Basic", "anybody:{0}")]
    [InlineData("Basic", ":{0}")]
    public async Task Write_WithTheKeyAsAnAgentOfInfluxSendsIt_IsTaken(string scheme, string form)
    {
        (_, string key) = await server.AddKeyAsync([KeyScopes.Write]);
        using HttpClient known = await server.WithKeyAsync(key), agent = server.Stranger();
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, key);
        agent.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(scheme, scheme == "Basic" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text);
        foreach (string path in (string[])["/write?db=city", "/api/v2/write?bucket=city"]) Assert.NotEqual(HttpStatusCode.Unauthorized, await PostAsync(agent, path, Line));
        // Elsewhere a browser would remember Basic, and send it from any page.
        if (scheme != "Bearer") Assert.Equal(HttpStatusCode.Unauthorized, (await agent.GetAsync("/metrics", Ct)).StatusCode);
    }

    [Fact]
    public async Task Write_WithTheKeyInTheUrl_IsRefusedAndSaysWhy()
    {
        (_, string key) = await server.AddKeyAsync([KeyScopes.Write]);
        using HttpClient agent = await server.WithKeyAsync(key);
        using HttpResponseMessage answer = await agent.PostAsync($"/write?db=city&u=telegraf&p={key}", new StringContent(Line), Ct);
        string said = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("in the URL", said, StringComparison.Ordinal);
        Assert.Contains("\"error\"", said, StringComparison.Ordinal); // where Telegraf looks
        Assert.DoesNotContain(key, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_WhileAStreamIsOpen_EndsIt()
    {
        (string name, string key) = await server.AddKeyAsync([KeyScopes.Read]);
        using HttpClient screen = await server.WithKeyAsync(key);
        using HttpResponseMessage stream = await screen.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(Ct));
        Assert.NotNull(await lines.ReadLineAsync(Ct));
        Assert.True(await server.Registry.RevokeKeyAsync(name, Ct));
        while (await lines.ReadLineAsync(Ct) is not null) { }
        Assert.Equal(HttpStatusCode.Unauthorized, (await screen.GetAsync("/openapi/v1.json", Ct)).StatusCode);
    }

    [Fact]
    public async Task Requests_MoreThanTheKeysRate_AreToldToComeAgain()
    {
        (_, string key) = await server.AddKeyAsync([KeyScopes.Read], rate: 1);
        using HttpClient greedy = await server.WithKeyAsync(key), other = await server.WithKeyAsync((await server.AddKeyAsync([KeyScopes.Read])).Key);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => greedy.GetAsync("/openapi/v1.json", Ct)));
        HttpResponseMessage refused = answers.First(a => a.StatusCode is HttpStatusCode.TooManyRequests);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/openapi/v1.json", Ct)).StatusCode);
        await Until.TrueAsync("it may come again", async () => (await greedy.GetAsync("/openapi/v1.json", Ct)).IsSuccessStatusCode, Ct);
        foreach (HttpResponseMessage answer in answers) answer.Dispose();
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(path, content, Ct);
        return answer.StatusCode;
    }
}
