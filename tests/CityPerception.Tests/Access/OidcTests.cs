using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Access.Oidc;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.Tests.Screens.Browser;
using Microsoft.Playwright;

namespace CityPerception.Tests.Access;

/// <summary>People whom a provider of identities knows.</summary>
public sealed class OidcTests(OidcServer server, Chromium chromium) : IClassFixture<OidcServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_OfAnOperator_HasTheRoleAndNoAccountAndIsOnRecord()
    {
        string name = NewName("op");
        (Uri end, HttpClient browser) = await server.SignInByProviderAsync(name);
        using (browser)
        {
            Assert.Equal("/sign-in?in=1&to=%2Fingest", end.PathAndQuery);
            JsonElement session = await browser.GetFromJsonAsync<JsonElement>("/api/session", Ct);
            Assert.Equal(("oidc:" + name, "operator"), (session.GetProperty("name").GetString(), Assert.Single(session.GetProperty("roles").EnumerateArray()).GetString()));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/api/links"));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(browser, "/api/deadletters"));
            Assert.DoesNotContain((await server.Registry.ReadAsync(Ct)).Users, u => u.Name.Contains(name, StringComparison.Ordinal));
            using HttpResponseMessage left = await browser.DeleteAsync("/api/session", Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser, "/api/links"));
        }

        Assert.Equal(
            [("sign-out", "", "ok"), ("GET /api/deadletters", "", "403"), ("sign-in oidc", "sub=" + name, "ok")],
            (await EntriesAsync("oidc:" + name)).Select(e => (e.Action, e.Target, e.Result)));
    }

    [Fact]
    public async Task SignIn_OfSomebodyWithoutARole_IsRefusedAndOnRecord()
    {
        string name = NewName("visitor");
        (Uri end, HttpClient browser) = await server.SignInByProviderAsync(name);
        using (browser)
        {
            Assert.Equal("/sign-in?failed=role", end.PathAndQuery);
            Assert.Null(await PeopleServer.NameAsync(browser));
        }

        Assert.Equal(("sign-in oidc", "refused"), Assert.Single((await EntriesAsync("oidc:" + name)).Select(e => (e.Action, e.Result))));
    }

    [Theory]
    [InlineData("code=stolen&state=made-up")]
    [InlineData("error=access_denied&state=made-up")]
    [InlineData("")]
    public async Task Callback_ThatNobodyAskedFor_SignsNobodyIn(string query)
    {
        using HttpClient stranger = server.Stranger();
        using HttpResponseMessage answer = await stranger.GetAsync($"{OidcHandling.CallbackPath}?{query}", Ct);
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?failed=provider"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.DoesNotContain(answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) ? cookies : [], c => c.StartsWith("cityperception-session=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_ByPassword_StillWorks()
    {
        (string name, string password) = await server.AddUserAsync("operator");
        using HttpClient browser = await server.SignInAsync(name, password);
        Assert.Equal(name, await PeopleServer.NameAsync(browser));
    }

    [Fact]
    public async Task SignIn_InABrowser_ComesBackToThePageThatWasAskedFor()
    {
        string name = NewName("op");
        await using BrowserPage browser = await chromium.OpenAsync(server.Http.BaseAddress!, "en", 1366, 768);
        browser.SentTo = new Uri(server.Issuer);
        IPage page = browser.Page;
        await page.GotoAsync("/ingest");
        await Assertions.Expect(page.Locator("#by-provider")).ToHaveTextAsync("City SSO");
        await browser.AssertAccessibleAsync();
        await page.Locator("#by-provider").ClickAsync();
        await page.Locator("input[name=login]").FillAsync(name);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.Locator("button[type=submit]").ClickAsync(); // agrees that the server learns the groups
        await page.WaitForURLAsync("**/ingest");
        await Assertions.Expect(page.Locator("#sign-out")).ToHaveAttributeAsync("title", "oidc:" + name);
    }

    private static string NewName(string kind) => kind + Guid.NewGuid().ToString("N");

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(string who) => await server.Audit.ReadAsync(new AuditFilter { Who = who }, Ct);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path, Ct);
        return answer.StatusCode;
    }
}
