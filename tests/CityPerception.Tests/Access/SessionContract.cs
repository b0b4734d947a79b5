using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.Storage.Operations.Devices;
using CityPerception.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Access;

/// <summary>People by their sessions, and what is on record of them.</summary>
public abstract partial class SessionContract(PeopleServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_RightPassword_GivesACookieThatScriptsAndOtherSitesDoNotHave()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Operator);
        using HttpClient person = server.Stranger();
        using HttpResponseMessage answer = await PeopleServer.TrySignInAsync(person, name.ToUpperInvariant(), password);
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie")).ToLowerInvariant();
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(password, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WrongUnknownDisabledOrLocked_IsAnsweredAlike()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Operator);
        (string gone, string its) = await server.AddUserAsync(UserRoles.Operator);
        Assert.True(await server.Registry.SetDisabledAsync(gone, true, Ct));
        using HttpClient person = server.Stranger();
        HashSet<string> answers = [await SayAsync(name, "wrong"), await SayAsync("nobody-" + name, "wrong"), await SayAsync(gone, its), await SayAsync(name, "wrong"), await SayAsync(name, "wrong")];
        answers.Add(await SayAsync(name, password)); // locked by now
        Assert.Single(answers);
        (string other, string right) = await server.AddUserAsync(UserRoles.Operator);
        Assert.Equal(HttpStatusCode.OK, (await PeopleServer.TrySignInAsync(person, other, right)).StatusCode);

        IReadOnlyList<AuditEntry> kept = await server.Audit.ReadAsync(new AuditFilter { Who = "user:" + name }, Ct);
        Assert.Equal(["locked", "refused", "refused", "refused"], kept.OrderBy(e => e.Result).Select(e => e.Result));

        async Task<string> SayAsync(string who, string what)
        {
            using HttpResponseMessage answer = await PeopleServer.TrySignInAsync(person, who, what);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            var problem = await answer.Content.ReadFromJsonAsync<Dictionary<string, object>>(Ct);
            problem!.Remove("traceId");
            return $"{answer.StatusCode} {string.Join(' ', problem)}";
        }
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("password")]
    public async Task Session_WhosePersonIsDisabledOrHasAnotherPassword_EndsWithWhatItHasUnderWay(string how)
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Engineer);
        using HttpClient person = await server.SignInAsync(name, password);
        using HttpResponseMessage stream = await person.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(Ct));
        Assert.NotNull(await lines.ReadLineAsync(Ct));

        Assert.True(how == "disabled" ? await server.Registry.SetDisabledAsync(name, true, Ct) : await server.Registry.SetPasswordAsync(name, AccessSecrets.HashPassword(DeviceSecrets.MakePassword()), Ct));
        while (await lines.ReadLineAsync(Ct) is not null) { }
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/metrics", Ct)).StatusCode);
        if (how == "disabled") await server.Registry.SetDisabledAsync(name, false, Ct);
        Assert.Null(await PeopleServer.NameAsync(person)); // who is enabled again signs in again
    }

    [Fact]
    public async Task Session_WhoseRolesChange_MayWhatTheNewOnesMay()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.GridStaff);
        using HttpClient person = await server.SignInAsync(name, password);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/api/deadletters", Ct)).StatusCode);
        Assert.True(await server.Registry.SetRolesAsync(name, [UserRoles.Engineer], Ct));
        await Until.TrueAsync("the roles hold", async () => (await person.GetAsync("/api/deadletters", Ct)).IsSuccessStatusCode, Ct);
    }

    [Fact]
    public async Task Changes_FromAnotherSitesPage_AreRefused()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Administrator);
        using HttpClient person = await server.SignInAsync(name, password);
        using var forged = new HttpRequestMessage(HttpMethod.Post, "/api/deadletters/replay") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        forged.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await person.SendAsync(forged, Ct)).StatusCode);
        using var form = new FormUrlEncodedContent([new("name", name), new("password", password)]);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await person.PostAsync("/api/session", form, Ct)).StatusCode);
    }

    [Fact]
    public async Task Pages_WithoutASession_LeadToTheOneToSignInAt()
    {
        using HttpClient browser = server.Stranger();
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using HttpResponseMessage answer = await browser.GetAsync("/", Ct);
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?to=%2F"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        using HttpResponseMessage page = await browser.GetAsync(answer.Headers.Location, Ct);
        string html = await page.Content.ReadAsStringAsync(Ct);
        Assert.Contains("autocomplete=\"current-password\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<style|\\sstyle=|\\son[a-z]+=|javascript:|<script(?![^>]*\\ssrc=)", html);
        string texts = await browser.GetStringAsync("/texts.js", Ct);
        foreach (Match key in TextKey().Matches(html)) Assert.Equal(2, Regex.Count(texts, $@"\b{key.Groups[1].Value}: """));
        foreach (Match file in Reference().Matches(html)) Assert.True((await browser.GetAsync("/" + file.Groups[1].Value, Ct)).IsSuccessStatusCode, file.Value);
        Assert.Contains("default-src 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_TakesTheCookieAway()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Operator);
        using HttpClient person = await server.SignInAsync(name, password);
        using HttpResponseMessage answer = await person.DeleteAsync("/api/session", Ct);
        Assert.Contains("expires=Thu, 01 Jan 1970", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfWhatAPersonAsks_SaysWhoWhatAndWhatCameOfIt()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Engineer);
        using HttpClient person = await server.SignInAsync(name, password);
        Guid letter = Guid.NewGuid();
        using HttpResponseMessage none = await person.GetAsync($"/api/deadletters/{letter}", Ct);
        using HttpResponseMessage refused = await person.GetAsync("/api/audit?who=secret", Ct);
        using HttpResponseMessage discarded = await person.PostAsJsonAsync("/api/deadletters/discard", new { source = "nowhere", why = "secret" }, Ct);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Forbidden), (none.StatusCode, refused.StatusCode));
        (string _, string text) = await server.AddUserAsync();
        (string auditor, string its) = await server.AddUserAsync(UserRoles.Auditor);
        using HttpClient reader = await server.SignInAsync(auditor, its);

        string json = await reader.GetStringAsync($"/api/audit?who=user:{name}&since=1h", Ct);
        Assert.Contains($"\"action\":\"GET /api/deadletters/{{id}}\",\"target\":\"id={letter}\",\"origin\":\"127.0.0.1\",\"result\":\"404\"", json, StringComparison.Ordinal);
        Assert.Contains("\"action\":\"GET /api/audit\",\"target\":\"\",\"origin\":\"127.0.0.1\",\"result\":\"403\"", json, StringComparison.Ordinal);
        Assert.Contains("\"action\":\"POST /api/deadletters/discard\",\"target\":\"\",\"origin\":\"127.0.0.1\",\"result\":\"200\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        Assert.DoesNotContain(text, json, StringComparison.Ordinal);

        await server.Audit.AddAsync("user:x", "=HYPERLINK(\"http://example.com\")", "+1,\"2\"", "-", "@", Ct);
        string csv = Encoding.UTF8.GetString(await reader.GetByteArrayAsync("/api/audit?format=csv&who=user:x", Ct));
        Assert.StartsWith("\uFEFFat,who,action,target,origin,result", csv, StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK(\"\"http://example.com\"\")\",\"'+1,\"\"2\"\"\",'-,'@", csv, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await reader.GetAsync("/api/audit?limit=0", Ct)).StatusCode);
    }

    [Fact]
    public async Task Audit_ByPages_ShowsEachOnceTheNewestFirst()
    {
        string who = "user:p" + Guid.NewGuid().ToString("N");
        for (int i = 0; i < 5; i++) await server.Audit.AddAsync(who, $"a{i}", "", "", "ok", Ct);
        using HttpClient reader = await AuditorAsync();
        List<string> seen = [];
        string next = "";
        do
        {
            var page = await reader.GetFromJsonAsync<System.Text.Json.JsonElement>($"/api/audit?who={who}&limit=2{next}", Ct);
            seen.AddRange(page.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("action").GetString()!));
            next = page.GetProperty("next").GetString() is { } before ? "&before=" + before : "";
        }
        while (next.Length > 0);

        Assert.Equal(["a0", "a1", "a2", "a3", "a4"], seen.Order());
    }

    [GeneratedRegex("data-text=\"([^\"]+)\"")]
    private static partial Regex TextKey();

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Reference();

    private async Task<HttpClient> AuditorAsync()
    {
        (string name, string password) = await server.AddUserAsync(UserRoles.Auditor);
        return await server.SignInAsync(name, password);
    }
}

/// <summary>Where an address may try only twice a minute.</summary>
public sealed class SignInRateTests
{
    [Fact]
    public async Task SignIn_TooOften_IsToldToComeAgain()
    {
        await using Hosting.TestServer server = await Hosting.TestServer.StartAsync(("Security:Required", "true"), ("Access:SignInsPerMinute", "2"));
        List<HttpStatusCode> seen = [];
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await PeopleServer.TrySignInAsync(server.Client, "nobody", "wrong");
            seen.Add(answer.StatusCode);
            if (i == 2) Assert.InRange(int.Parse(Assert.Single(answer.Headers.GetValues("Retry-After")), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], seen);
    }
}

/// <summary>Where other machines reach HTTP.</summary>
public sealed class BeyondLoopbackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_AtEveryAddressWithCredentials_AnswersToAnyNameAndAsksForThem()
    {
        await using Hosting.TestServer server = await Hosting.TestServer.StartAsync(("Security:Required", "true"), ("Http:Url", "http://0.0.0.0:0"));
        using var stranger = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Client.BaseAddress!.Port}") };
        stranger.DefaultRequestHeaders.Host = "perception.example.city";
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/metrics", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/healthz/live", Ct)).StatusCode);
        Assert.DoesNotContain("spool", await stranger.GetStringAsync("/healthz/ready", Ct), StringComparison.Ordinal);
        stranger.DefaultRequestHeaders.Authorization = server.Client.DefaultRequestHeaders.Authorization;
        Assert.Contains("spool", await stranger.GetStringAsync("/healthz/ready", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_ByHttps_GivesACookieForHttpsAlone()
    {
        using var files = new TlsFiles();
        await using Hosting.TestServer server = await Hosting.TestServer.StartAsync(
            ("Security:Required", "true"), ("Tls:CertificateFile", files.CertificateFile), ("Tls:KeyFile", files.KeyFile), ("Http:TlsPort", "0"), ("Mqtt:TlsPort", "0"), ("Hj212:TlsPort", "0"));
        string password = DeviceSecrets.MakePassword();
        Assert.True(await server.Services.GetRequiredService<AccessRegistry>().AddUserAsync("wang", AccessSecrets.HashPassword(password), [UserRoles.Operator], Ct));
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{server.Services.GetRequiredService<Listeners>().Find("HTTPS")!.Port}") };
        using HttpResponseMessage answer = await PeopleServer.TrySignInAsync(browser, "wang", password);
        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }
}
