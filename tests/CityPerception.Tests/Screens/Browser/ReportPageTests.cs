using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Core.Queries;
using CityPerception.TestKit;
using CityPerception.Tests.FieldReports;
using CityPerception.Tests.Sources;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>The form of grid staff on a small phone, in a real browser.</summary>
public sealed class ReportPageTests(Chromium chromium, CityServer city) : IClassFixture<CityServer>
{
    private const string Attack = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>\"'>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zh-CN", "市容环境", "路口有暴露垃圾，堵住了人行道", "已上报", "已结案")]
    [InlineData("en", "dirt and litter", "Litter at the crossing blocks the pavement", "Reported", "Closed")]
    public async Task Report_WithPhotoAndPosition_IsStoredAsACaseAndItsStateIsShown(string locale, string category, string text, string reported, string closed)
    {
        await using ReportPage phone = await ReportPage.OpenAsync(chromium, city.Http.BaseAddress!, locale);
        await phone.Page.Context.GrantPermissionsAsync(["geolocation"]);
        await phone.Page.Context.SetGeolocationAsync(new Geolocation { Latitude = 36.2011f, Longitude = 113.1187f, Accuracy = 12 });
        await Screenshots.TakeAsync(phone.Page, $"report-empty-{locale[..2]}");
        await phone.WriteAsync(text);
        await phone.AttachAsync(Pictures.JpegWithExif(800, 600));
        await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(1);
        await phone.Page.Locator("#locate").ClickAsync();
        await Assertions.Expect(phone.Page.Locator("#position")).ToContainTextAsync("36.20110");
        await AssertFitsAsync(phone);
        await Screenshots.TakeAsync(phone.Page, $"report-{locale[..2]}");
        await phone.Page.Locator("#text").ScrollIntoViewIfNeededAsync();
        await phone.Browser.AssertAccessibleAsync();

        await phone.SendAsync();
        await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync(reported);
        await Assertions.Expect(phone.Page.Locator("[name=group]").Nth(1)).ToBeCheckedAsync(); // as one's next report is likely to be
        await Screenshots.TakeAsync(phone.Page, $"report-sent-{locale[..2]}");
        Point incident = Assert.Single(await ReportPage.StoredAsync(city, text));
        Assert.Equal(("event.appearance", "140403", "reported"), (incident.Tags["category"], incident.Tags["district"], incident.Tags["state"]));
        Assert.Equal(36.2011, (double)incident.Fields["lat"]!, 4);
        using HttpResponseMessage photo = await city.Http.GetAsync(incident.Fields["media_url"]!.ToString(), Ct);
        Assert.Equal("image/jpeg", photo.Content.Headers.ContentType!.MediaType);
        Assert.Equal((600, 800), Pictures.SizeOf(await photo.Content.ReadAsByteArrayAsync(Ct)));

        string id = incident.Fields["case_id"]!.ToString()!;
        await CloseAsync(id);
        await Until.TrueAsync("the case is closed", async () => (await city.Http.GetFromJsonAsync<JsonElement>("/api/cases?id=" + id, Ct)).GetProperty("cases")[0].GetProperty("state").GetString() == "closed", Ct);
        await phone.ShowMineAsync();
        await Assertions.Expect(phone.StateOf(text)).ToHaveTextAsync(closed);
        await Assertions.Expect(phone.Page.Locator("#mine-list .what")).ToHaveTextAsync(category);
        await AssertFitsAsync(phone);
        await Screenshots.TakeAsync(phone.Page, $"report-mine-{locale[..2]}");
        await phone.Browser.AssertAccessibleAsync();
        phone.Browser.AssertNoFaults();
    }

    [Fact]
    public async Task Report_MarkupInEveryField_IsShownAndStoredAsText()
    {
        await using ReportPage phone = await ReportPage.OpenAsync(chromium, city.Http.BaseAddress!);
        string text = Attack + Guid.NewGuid();
        await phone.WriteAsync(text);
        await phone.Page.Locator("#address").FillAsync(Attack);
        await phone.AttachAsync("no picture"u8.ToArray(), Attack + ".jpg");
        await Assertions.Expect(phone.Page.Locator("#photos-hint")).ToContainTextAsync("<script>");
        await phone.Page.Locator("#grid").FillAsync("<b>1</b>");
        await phone.SendAsync();
        Assert.True(await phone.Page.Locator("#grid").EvaluateAsync<bool>("e => e.validity.patternMismatch && document.activeElement === e"));
        await phone.Page.Locator("#grid").FillAsync("140403001003011");
        await phone.SendAsync();
        await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync("已上报");

        await phone.ShowMineAsync();
        await Assertions.Expect(phone.Page.Locator("#mine-list li").First).ToContainTextAsync(text);
        Assert.Equal(0, await phone.Page.Locator("#mine-list script, #mine-list img").CountAsync());
        Point incident = Assert.Single(await ReportPage.StoredAsync(city, text));
        Assert.Equal(Attack, incident.Fields["address"]);
        await phone.Page.GotoAsync("/ingest");
        await Assertions.Expect(phone.Page.Locator("tbody tr", new PageLocatorOptions { HasTextString = "网格员上报" })).ToContainTextAsync("<script>");
        Assert.False(await phone.Page.EvaluateAsync<bool>("'hacked' in window"));
        phone.Browser.AssertNoFaults();
    }

    [Fact]
    public async Task Report_ByKeyboardAlone_IsWrittenWithAPhotoSentAndFoundAmongTheOwn()
    {
        await using ReportPage phone = await ReportPage.OpenAsync(chromium, city.Http.BaseAddress!, "en");
        BrowserPage browser = phone.Browser;
        string text = "keyboard " + Guid.NewGuid();
        await browser.TabToAsync("[name=group]");
        await phone.Page.Keyboard.PressAsync("ArrowRight");
        await browser.TabToAsync("[name=category]");
        await phone.Page.Keyboard.PressAsync("Space");
        await browser.TabToAsync("#text");
        await phone.Page.Keyboard.TypeAsync(text);
        await phone.AttachAsync(Pictures.Jpeg(60, 30));
        await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(1);
        await browser.TabToAsync("#photos");
        IFileChooser chooser = await phone.Page.RunAndWaitForFileChooserAsync(() => phone.Page.Keyboard.PressAsync("Enter"));
        await chooser.SetFilesAsync(new FilePayload { Name = "a.jpg", MimeType = "image/jpeg", Buffer = Pictures.Jpeg(40, 30) });
        await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(2);
        await browser.TabToAsync("#previews button");
        await phone.Page.Keyboard.PressAsync("Enter"); // one of the two is taken away again
        await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(1);
        Assert.True(await browser.IsFocusedAsync("#previews, .picker"), await browser.FocusedAsync());
        await browser.TabToAsync("#district");
        await phone.Page.Keyboard.TypeAsync("Luzhou");
        await browser.TabToAsync("#send");
        await phone.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync("Reported");
        Assert.True(await browser.IsFocusedAsync("main"), await browser.FocusedAsync());
        Point incident = Assert.Single(await ReportPage.StoredAsync(city, text));
        Assert.Equal("event.appearance", incident.Tags["category"]);
        Assert.DoesNotContain(' ', incident.Fields["media_url"]!.ToString()!);

        await browser.TabToAsync("#tabs a[href='#mine']", "Shift+Tab");
        await phone.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(phone.StateOf(text)).ToHaveTextAsync("Reported");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Report_WithoutWhatIsNeeded_IsNotSentAndTheFieldIsShown()
    {
        await using ReportPage phone = await ReportPage.OpenAsync(chromium, city.Http.BaseAddress!);
        await phone.SendAsync();
        Assert.True(await phone.Page.EvaluateAsync<bool>("document.activeElement.name === 'category'"));
        await phone.WriteAsync("   ");
        await phone.SendAsync();
        Assert.True(await phone.Page.EvaluateAsync<bool>("document.activeElement.id === 'text'"));
        for (int i = 0; i < 6; i++) await phone.AttachAsync(Pictures.Jpeg(40, 30));
        await Assertions.Expect(phone.Page.Locator("#photos-hint")).ToHaveTextAsync("最多 5 张照片。");
        await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(5);
        await phone.ShowMineAsync();
        await Assertions.Expect(phone.Page.Locator("#none")).ToBeVisibleAsync();
        phone.Browser.AssertNoFaults();
    }

    // Nothing is wider than the screen, and whatever is pressed is as large as a fingertip.
    private static async Task AssertFitsAsync(ReportPage phone)
    {
        Assert.Equal(ReportPage.Width, await phone.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        string small = await phone.Page.EvaluateAsync<string>("""
            [...document.querySelectorAll('button, a, select, textarea, input:not([type=radio]), label:has(input)')]
              .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width > 0 && (box.height < 48 || box.width < 48))
              .map(([e, box]) => `${e.outerHTML.slice(0, 60)} ${box.width}x${box.height}`).join('\n')
            """);
        Assert.Equal("", small);
    }

    private async Task CloseAsync(string id)
    {
        using HttpResponseMessage answer = await city.Http.PostAsJsonAsync("/ingest/case-event", new
        {
            caseId = id,
            state = "结案",
            time = TimeProvider.System.GetUtcNow(),
            unit = "城市管理局",
            district = "潞州区",
            channel = "grid-report",
        }, Ct);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
