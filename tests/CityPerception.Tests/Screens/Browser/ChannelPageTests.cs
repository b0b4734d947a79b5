using System.Text;
using System.Text.RegularExpressions;
using ExcelDataReader;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>A channel's page in a real browser.</summary>
public sealed class ChannelPageTests(Chromium chromium, WallTests.City city) : IClassFixture<WallTests.City>
{
    [Theory]
    [InlineData("zh-CN", "结案率", "依据", 1366, 768)]
    [InlineData("en", "closing rate", "Defined by", 1920, 1080)]
    public async Task Channel_OpenedAndAskedWhy_ShowsKpisSeriesRankingAndTheExplanation(string locale, string kpi, string definedBy, int width, int height)
    {
        await using BrowserPage browser = await OpenAsync(locale, width, height);
        await Assertions.Expect(browser.Page.Locator(".card").First).ToContainTextAsync(kpi);
        await Assertions.Expect(browser.Page.Locator("#chart canvas")).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.Locator("#ranking li")).ToHaveCountAsync(12);
        await browser.AssertAccessibleAsync();
        await Screenshots.TakeAsync(browser.Page, $"channel-{locale[..2]}-{width}x{height}");

        await browser.Page.Locator("#explain").ClickAsync();
        await Assertions.Expect(browser.Page.Locator("#why")).ToContainTextAsync(definedBy);
        await Assertions.Expect(browser.Page.Locator("#why")).ToContainTextAsync("CJ/T 292-2008");
        // Nobody is asked who they are here, so everybody may see what was refused.
        await Assertions.Expect(browser.Page.Locator("#why .refused a").First).ToHaveAttributeAsync("href", new Regex("^/admin/deadletters\\?source=[a-z0-9-]+&since=20[0-9TZ:%A-F-]+$"));
        await browser.AssertAccessibleAsync();
        await Screenshots.TakeAsync(browser.Page, $"explain-{locale[..2]}-{width}x{height}");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Channel_AnotherWindowAndDistrict_ByKeyboardAlone()
    {
        await using BrowserPage browser = await OpenAsync("en", 1366, 768);
        ILocator day = browser.Page.Locator("#windows button").Last;
        await day.FocusAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("#windows button").Last).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(browser.Page.Locator("#rows tr")).ToHaveCountAsync(30);

        await browser.Page.Locator("#district").SelectOptionAsync("140403");
        await Assertions.Expect(browser.Page.Locator("#series-title")).ToContainTextAsync("Luzhou");
        browser.AssertNoFaults();
    }

    /// <summary>A KPI of which each department has one: a card for all together, and each beside the others to choose from.</summary>
    [Fact]
    public async Task Channel_KpiByDepartment_IsComparedChosenAndExplainedByItsName()
    {
        await using BrowserPage browser = await OpenAsync("zh-CN", 1366, 768, "coordination");
        ILocator card = browser.Page.Locator(".card").Filter(new LocatorFilterOptions { HasText = "超期率" });
        await Assertions.Expect(card).ToHaveCountAsync(1);
        await card.ClickAsync();
        ILocator groups = browser.Page.Locator("#ranking .row");
        await Assertions.Expect(groups).ToHaveCountAsync(4);
        await Assertions.Expect(browser.Page.Locator("#ranking-title")).ToHaveTextAsync("分项比较");
        await browser.AssertAccessibleAsync();
        await Screenshots.TakeAsync(browser.Page, "channel-groups-zh-1366x768");

        await Assertions.Expect(browser.Page.Locator("#ranking .row[aria-pressed=true]")).ToContainTextAsync("全部");
        ILocator other = browser.Page.Locator("#ranking .row[aria-pressed=false]").First;
        string name = await other.Locator(".place").InnerTextAsync();
        Assert.Matches("局$", name);
        await other.FocusAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("#series-title")).ToContainTextAsync(name);
        await Assertions.Expect(card).ToContainTextAsync(name);
        await Assertions.Expect(browser.Page.Locator("#ranking .row[aria-pressed=true]")).ToBeFocusedAsync();
        // Of the one department alone: an hour has one row.
        string[] times = [.. await browser.Page.Locator("#rows td:first-child").AllInnerTextsAsync()];
        Assert.Equal(times.Distinct(), times);

        await browser.Page.Locator("#explain").ClickAsync();
        await Assertions.Expect(browser.Page.Locator("#why-title")).ToContainTextAsync("超期率 · " + name);
        await Assertions.Expect(browser.Page.Locator("#why .answer")).ToContainTextAsync("%");
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Channel_Table_IsDownloadedAsCsvAndAsAWorkbook()
    {
        await using BrowserPage browser = await OpenAsync("zh-CN", 1366, 768);
        IDownload download = await browser.Page.RunAndWaitForDownloadAsync(() => browser.Page.Locator("#csv").ClickAsync());
        Assert.Equal("city-close_rate-140400-1h.csv", download.SuggestedFilename);
        string[] lines = await File.ReadAllLinesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.StartsWith("time,group,value", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length > 40);

        IDownload workbook = await browser.Page.RunAndWaitForDownloadAsync(() => browser.Page.Locator("#xlsx").ClickAsync());
        Assert.Equal("city-close_rate-140400-1h.xlsx", workbook.SuggestedFilename);
        await using FileStream file = File.OpenRead((await workbook.PathAsync())!);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance); // the reader asks for one, whatever the file
        using IExcelDataReader reader = ExcelReaderFactory.CreateReader(file);
        Assert.Equal("close_rate", reader.Name);
        Assert.True(reader.Read() && reader.GetString(0) == "time");
        Assert.True(reader.Read());
        Assert.IsType<DateTime>(reader.GetValue(0));
        Assert.IsType<double>(reader.GetValue(2));
        Assert.Equal(lines.Length, reader.RowCount);
        browser.AssertNoFaults();
    }

    private async Task<BrowserPage> OpenAsync(string locale, int width, int height, string channel = "city")
    {
        BrowserPage browser = await chromium.OpenAsync(city.Http.BaseAddress!, locale, width, height);
        await browser.Page.GotoAsync("/channels/" + channel);
        await Assertions.Expect(browser.Page.Locator("#rows tr").First).ToBeVisibleAsync();
        return browser;
    }
}
