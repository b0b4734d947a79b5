using CityPerception.Core.Queries;
using CityPerception.Storage.Operations.Access;
using CityPerception.Tests.Access;
using CityPerception.Tests.FieldReports;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>The form where there is no network, a bad one, or an ended session.</summary>
public sealed class ReportOfflineTests(Chromium chromium, PeopleServer city) : IClassFixture<PeopleServer>
{
    private (string Name, string Password)? _last;

    [Theory]
    [InlineData("zh-CN", "待发送", "没有网络", "已上报")]
    [InlineData("en", "Not sent yet", "No network", "Reported")]
    public async Task Report_WrittenOffline_SurvivesAReloadAndIsSentOnceWhenTheNetworkIsBack(string locale, string waiting, string away, string sent)
    {
        await using ReportPage phone = await SignedInAsync(locale);
        phone.Browser.ServerMayBeAway = true;
        await phone.WaitForWorkerAsync();
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.Page.ReloadAsync();
        await Assertions.Expect(phone.Page.Locator("#network")).ToContainTextAsync(away);
        string text = (locale == "en" ? "A burst pipe floods the road " : "水管爆裂，道路积水 ") + Guid.NewGuid().ToString("N")[..8];
        await phone.WriteAsync(text, "event.emergency");
        await phone.AttachAsync(Pictures.JpegWithExif(800, 600));
        await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(1);
        await phone.SendAsync();
        await Assertions.Expect(phone.Page.Locator("#unsent")).ToBeVisibleAsync();
        await Screenshots.TakeAsync(phone.Page, $"report-offline-{locale[..2]}");
        await phone.ShowMineAsync();
        await phone.Page.ReloadAsync();
        await Assertions.Expect(phone.StateOf(text)).ToHaveTextAsync(waiting);
        await Screenshots.TakeAsync(phone.Page, $"report-mine-offline-{locale[..2]}");
        Assert.Empty(await ReportPage.StoredAsync(city, text));

        await phone.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(phone.StateOf(text)).ToHaveTextAsync(sent, new() { Timeout = 30_000 });
        await Assertions.Expect(phone.Page.Locator("#unsent")).ToBeHiddenAsync();
        await phone.Page.ReloadAsync();
        await Assertions.Expect(phone.Page.Locator("#network")).ToBeEmptyAsync();
        Point incident = Assert.Single(await ReportPage.StoredAsync(city, text));
        Assert.StartsWith("/api/reports/photos/", incident.Fields["media_url"]!.ToString(), StringComparison.Ordinal);
        phone.Browser.AssertNoFaults();
    }

    [Fact]
    public async Task Report_WhoseAnswerIsLost_IsSentAgainAndStaysOne()
    {
        await using ReportPage phone = await SignedInAsync("zh-CN");
        phone.Browser.ServerMayBeAway = true;
        int posted = 0;
        await phone.Page.Context.RouteAsync("**/api/reports", async route =>
        {
            // The server takes it; of its answer nothing reaches the phone the first time.
            IAPIResponse answer = await route.FetchAsync();
            if (Interlocked.Increment(ref posted) == 1) await route.AbortAsync();
            else await route.FulfillAsync(new RouteFulfillOptions { Response = answer });
        });
        string text = "垃圾 " + Guid.NewGuid();
        await phone.WriteAsync(text);
        await phone.SendAsync();
        await Assertions.Expect(phone.Page.Locator("#unsent")).ToBeVisibleAsync();
        Assert.Single(await ReportPage.StoredAsync(city, text));

        await phone.ShowMineAsync();
        await Assertions.Expect(phone.StateOf(text)).ToHaveTextAsync("已上报");
        Assert.Equal(2, posted);
        Assert.Single(await ReportPage.StoredAsync(city, text));
        phone.Browser.AssertNoFaults();
    }

    [Fact]
    public async Task Report_OfAnotherPersonOnTheSamePhone_IsNotShown()
    {
        await using ReportPage phone = await SignedInAsync("zh-CN");
        string text = "垃圾 " + Guid.NewGuid();
        await phone.WriteAsync(text);
        await phone.SendAsync();
        await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync("已上报");
        await phone.Page.Locator("#sign-out").ClickAsync();
        await SignInAsync(phone.Page);
        await phone.ShowMineAsync();
        await Assertions.Expect(phone.Page.Locator("#none")).ToBeVisibleAsync();
        await Assertions.Expect(phone.StateOf(text)).ToHaveCountAsync(0);
        phone.Browser.AssertNoFaults();
    }

    [Fact]
    public async Task Report_SessionThatEndsMeanwhile_StaysOnThePhoneAndIsSentAfterSigningIn()
    {
        await using ReportPage phone = await SignedInAsync("zh-CN");
        phone.Browser.ServerMayBeAway = true;
        await phone.Page.Context.ClearCookiesAsync();
        string text = "垃圾 " + Guid.NewGuid();
        await phone.WriteAsync(text);
        await phone.SendAsync();
        await Assertions.Expect(phone.Page.Locator("#enter")).ToBeVisibleAsync();
        Assert.Empty(await ReportPage.StoredAsync(city, text));
        await phone.Page.Locator("#enter").ClickAsync();
        await SignInAsync(phone.Page, _last);
        await phone.ShowMineAsync();
        await Assertions.Expect(phone.StateOf(text)).ToHaveTextAsync("已上报");
        Assert.Single(await ReportPage.StoredAsync(city, text));
    }

    private async Task<ReportPage> SignedInAsync(string locale)
    {
        BrowserPage browser = await chromium.OpenAsync(city.Http.BaseAddress!, locale, ReportPage.Width, ReportPage.Height);
        await browser.Page.GotoAsync("/report");
        await SignInAsync(browser.Page);
        await Assertions.Expect(browser.Page.Locator("#sign-out")).ToBeVisibleAsync();
        Assert.Equal(ReportPage.Width, await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Screenshots.TakeAsync(browser.Page, $"report-signed-in-{locale[..2]}");
        return new ReportPage(browser);
    }

    // Whoever is not signed in is led to where they do.
    private async Task SignInAsync(IPage page, (string Name, string Password)? who = null)
    {
        (string name, string password) = who ?? await city.AddUserAsync(UserRoles.GridStaff);
        _last = (name, password);
        await Assertions.Expect(page.Locator("#name")).ToBeVisibleAsync();
        using (HttpClient known = await city.SignInAsync(name, password)) { } // the server has heard of them
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#password").FillAsync(password);
        await page.Locator("#submit").ClickAsync();
        await Assertions.Expect(page.Locator("#categories input").First).ToBeAttachedAsync();
    }
}
