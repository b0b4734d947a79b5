using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.TestKit;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>The operators' pages in a real browser, by people who have signed in.</summary>
public sealed class AdminPageTests(Chromium chromium, AdminCity city) : IClassFixture<AdminCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sources", "zh-CN", "数据源", 1366, 768)]
    [InlineData("sources", "en", "Sources", 1920, 1080)]
    [InlineData("devices", "zh-CN", "设备", 1920, 1080)]
    [InlineData("devices", "en", "Devices", 1366, 768)]
    [InlineData("cases", "zh-CN", "案件", 1366, 768)]
    [InlineData("cases", "en", "Cases", 1920, 1080)]
    [InlineData("deadletters", "zh-CN", "死信", 1920, 1080)]
    [InlineData("deadletters", "en", "Dead letters", 1366, 768)]
    [InlineData("jobs", "zh-CN", "作业", 1366, 768)]
    [InlineData("jobs", "en", "Jobs", 1920, 1080)]
    [InlineData("people", "zh-CN", "用户与密钥", 1920, 1080)]
    [InlineData("people", "en", "Users and keys", 1366, 768)]
    [InlineData("audit", "zh-CN", "审计日志", 1366, 768)]
    [InlineData("audit", "en", "Audit log", 1920, 1080)]
    public async Task Page_InEitherLanguage_ShowsItsTableAndIsAccessible(string page, string locale, string title, int width, int height)
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/" + page, locale: locale, width: width, height: height);

        await Assertions.Expect(browser.Page.Locator("h1")).ToHaveTextAsync(title);
        await Assertions.Expect(browser.Page.Locator("html")).ToHaveAttributeAsync("lang", locale);
        await Assertions.Expect(browser.Page.Locator("#content tbody tr").First).ToBeVisibleAsync();
        Assert.Equal(0, await browser.Page.Locator("#content img, #content tbody script").CountAsync()); // texts are text
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
        await Screenshots.TakeAsync(browser.Page, $"admin-{page}-{locale[..2]}-{width}x{height}");
    }

    [Fact]
    public async Task Pages_OnAPhone_AreNoWiderThanIt()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/sources", locale: "zh-CN", width: 360, height: 740);
        foreach (string page in (string[])["sources", "devices", "cases", "deadletters", "jobs", "people", "audit"])
        {
            ILocator link = browser.Page.Locator($".pages a[href='/admin/{page}']");
            await link.ClickAsync();
            await Assertions.Expect(browser.Page.Locator("#content h1")).ToHaveTextAsync(await link.InnerTextAsync());
            await Assertions.Expect(browser.Page.Locator("#content tbody tr").First).ToBeVisibleAsync();
            Assert.Equal(360, await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            await Screenshots.TakeAsync(browser.Page, $"admin-{page}-zh-360x740");
        }

        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Devices_ShowWhenTheyWereSeenAndWhatTheySentLast()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/devices", UserRoles.Operator, "en");
        await city.SendAsync("air-station", $$$"""{"deviceId": "AQ-00001", "ts": {{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}}, "data": {"pm25": 35.5, "pm10": 61, "o3": 44, "no2": 12}}""");
        await city.WaitUntilStoredAsync();
        await browser.Page.ReloadAsync();
        ILocator row = browser.Page.Locator("#devices tr", new PageLocatorOptions { HasTextString = "AQ-00001" }), values = row.Locator("summary");
        await Assertions.Expect(values).ToHaveTextAsync("NO2 12 µg/m³ · O3 44 µg/m³ · PM10 61 µg/m³ (+1)");
        await Assertions.Expect(row).ToContainTextAsync(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await Assertions.Expect(row.Locator("dd").First).ToBeHiddenAsync();
        await values.ClickAsync();
        await Assertions.Expect(row.Locator("dd", new LocatorLocatorOptions { HasTextString = "35.5 µg/m³" })).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.Locator("#devices tr", new PageLocatorOptions { HasTextString = "AQ-00002" })).ToContainTextAsync("Nothing in the last 7 days.");
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task DeadLetters_ReplayOfOne_IsSeenInTheStoreAndInTheAuditLog()
    {
        DeadLetter letter = await city.AddLetterAsync("AQ-00071");
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", UserRoles.Engineer, "en");
        await browser.Page.GetByLabel($"Select {letter.Id}").CheckAsync();
        await browser.Page.ClickAsync("#replay-selected");
        await browser.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Replay", Exact = true }).ClickAsync();

        await Assertions.Expect(browser.Page.GetByText("1 letters: 1 replayed")).ToBeVisibleAsync();
        Assert.NotEmpty(await city.PointsOfAsync("AQ-00071"));
        Assert.Equal(DeadLetterState.Replayed, (await city.Letters.FindAsync(letter.Id, Ct))!.State);
        await AssertOnRecordAsync("admin deadletters replay", letter.Id.ToString(), "1 of 1");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task DeadLetters_Discard_AsksForAReasonAndKeepsIt()
    {
        DeadLetter letter = await city.AddLetterAsync("AQ-00072");
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", UserRoles.Engineer, "en");
        await browser.Page.GetByLabel($"Select {letter.Id}").CheckAsync();
        await browser.Page.ClickAsync("#discard");
        ILocator dialog = browser.Page.Locator(".mud-dialog"), yes = dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Discard", Exact = true });
        await Assertions.Expect(yes).ToBeDisabledAsync();
        await dialog.Locator("input").FillAsync("a test of the vendor");
        await yes.ClickAsync();

        await Assertions.Expect(browser.Page.GetByLabel($"Select {letter.Id}")).ToHaveCountAsync(0);
        DeadLetter found = (await city.Letters.FindAsync(letter.Id, Ct))!;
        Assert.Equal((DeadLetterState.Discarded, "a test of the vendor"), (found.State, found.Mark!.Note));
        await AssertOnRecordAsync("admin deadletters discard", letter.Id.ToString(), "1 of 1");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task DeadLetters_ByALinkToASource_ShowsItsLettersAlone()
    {
        await city.AddLetterAsync("AQ-00073");
        await city.SendAsync("weather-station", "{");
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", locale: "en");
        await browser.Page.GotoAsync("/admin/deadletters?source=weather-station&since=2026-01-01T00:00:00Z");
        await Assertions.Expect(browser.Page.Locator("#letters tbody")).ToContainTextAsync("weather-station");
        Assert.DoesNotContain("air-station", await browser.TextAsync("#letters tbody"), StringComparison.Ordinal);

        await browser.Page.GotoAsync("/admin/deadletters?source=air-station&since=2026-01-01T00:00:00Z");
        await Assertions.Expect(browser.Page.Locator("#letters tbody")).ToContainTextAsync("$.AQ-00073");
        Assert.DoesNotContain("weather-station", await browser.TextAsync("#letters tbody"), StringComparison.Ordinal);
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task DeadLetters_WithMarkupOfASender_ShowItAsText()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", locale: "en");
        await browser.Page.Locator("#letters").GetByText("<img src=x").First.WaitForAsync();
        await browser.Page.Locator("#letters tr", new PageLocatorOptions { HasTextString = "<img src=x" }).First.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".mud-dialog .sample")).ToContainTextAsync(AdminCity.Script);
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Cases_WithMarkupOfASender_ShowItAsText()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/cases", locale: "en");
        ILocator row = browser.Page.Locator("#cases tr", new PageLocatorOptions { HasTextString = AdminCity.Script });
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".mud-dialog tbody tr")).ToContainTextAsync("dispatched");
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Sources_TryBoxAndSamples_ShowBeforeAndAfterMapping()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/sources", UserRoles.Operator, "en");
        await browser.Page.GetByLabel("View air-station").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".before").First).ToBeVisibleAsync();
        await browser.Page.GetByLabel("Message", new PageGetByLabelOptions { Exact = true }).FillAsync(await File.ReadAllTextAsync(RepositoryFolder.Find("ingest-configs/samples/air-station.json"), Ct));
        await browser.Page.ClickAsync("#try");
        await Assertions.Expect(browser.Page.Locator("#tried .after")).ToContainTextAsync("air_quality,");
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
        await Screenshots.TakeAsync(browser.Page, "admin-try-en-1366x768");
    }

    [Fact]
    public async Task Devices_Disabled_IsSoInTheRegistryAndOnRecord()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/devices", UserRoles.Engineer, "en");
        await browser.Page.GetByLabel("Disable AQ-00002").ClickAsync();
        await browser.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Disable", Exact = true }).ClickAsync();
        await Assertions.Expect(browser.Page.GetByLabel("Enable AQ-00002")).ToBeVisibleAsync();
        Assert.NotNull((await city.Devices.FindAsync("AQ-00002", Ct))!.DisabledAt);
        await AssertOnRecordAsync("admin device disable", "AQ-00002", "ok");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task People_Added_SignInWithThePasswordThatIsShownOnce()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/people", locale: "en");
        await browser.Page.Locator("#add-user").GetByLabel("User").FillAsync("li.na");
        await browser.Page.Locator("#add-user").GetByLabel("auditor").CheckAsync();
        await browser.Page.Keyboard.PressAsync("Tab");
        await browser.Page.Locator("#add-user button[type=submit]").ClickAsync();
        string password = (await browser.Page.Locator("#secret").InnerTextAsync()).Trim();
        using HttpClient signedIn = await city.SignInAsync("li.na", password);
        await AssertOnRecordAsync("admin user add", "li.na", "ok");
        browser.AssertNoFaults();
    }

    [Theory]
    [InlineData("devices", "Disable AQ-00001")]
    [InlineData("people", "New password")]
    [InlineData("deadletters", "Select ")]
    public async Task Page_ToAnAuditor_OffersNothingThatChanges(string page, string label)
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/" + page, UserRoles.Auditor, "en");
        await Assertions.Expect(browser.Page.Locator("#content tbody tr").First).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.GetByLabel(label)).ToHaveCountAsync(0);
        await Assertions.Expect(browser.Page.Locator("#content form button:not(:has-text('Search'))")).ToHaveCountAsync(0);
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Menu_OfAnOperator_HasNoPageThatIsNotTheirs()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin", UserRoles.Operator, "en");
        await Assertions.Expect(browser.Page.Locator(".pages a")).ToHaveTextAsync(["Sources", "Devices", "Cases"]);
        await browser.Page.ClickAsync("#language");
        await Assertions.Expect(browser.Page.Locator(".pages a")).ToHaveTextAsync(["数据源", "设备", "案件"]);
        await Assertions.Expect(browser.Page.Locator("h1")).ToHaveTextAsync("数据源");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Role_TakenAway_HoldsForAPageThatIsOpen()
    {
        DeadLetter letter = await city.AddLetterAsync("AQ-00073");
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", UserRoles.Engineer, "en");
        string name = (await browser.TextAsync(".who")).Trim();
        await browser.Page.GetByLabel($"Select {letter.Id}").CheckAsync();
        Assert.True(await city.Registry.SetRolesAsync(name, [UserRoles.Auditor], Ct));
        await Until.TrueAsync("the role is gone", async () => (await browser.Page.EvaluateAsync<string[]>("fetch('/api/session').then(r => r.json()).then(s => s.roles)")).SequenceEqual([UserRoles.Auditor]), Ct);
        await browser.Page.ClickAsync("#replay-selected");
        await browser.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Replay", Exact = true }).ClickAsync();

        await Assertions.Expect(browser.Page.GetByText("None of your roles may do this.")).ToBeVisibleAsync();
        Assert.Equal(DeadLetterState.Open, (await city.Letters.FindAsync(letter.Id, Ct))!.State);
        await AssertOnRecordAsync("admin deadletters replay", letter.Id.ToString(), "403");
    }

    private async Task AssertOnRecordAsync(string action, string target, string result) => await Until.TrueAsync("it is on record", async () =>
        (await city.Audit.ReadAsync(new AuditFilter { Action = action }, Ct)).Any(e => e.Target == target && e.Result == result && e.Who.StartsWith("user:", StringComparison.Ordinal)), Ct);
}
