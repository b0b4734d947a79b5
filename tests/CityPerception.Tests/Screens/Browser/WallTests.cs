using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;
using CityPerception.Configuration;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;
using CityPerception.Rollups;
using CityPerception.TestKit;
using CityPerception.Tests.Sources;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>The wall in a real browser, over a city with a month behind it.</summary>
public sealed class WallTests(Chromium chromium, WallTests.City city) : IClassFixture<WallTests.City>
{
    private const int Boards = 50; // after so many the replay has shown all its kinds

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zh-CN", "城感通", "各区县态势", "潞州区", 1920, 1080)]
    [InlineData("en", "City", "Districts", "Luzhou", 1366, 768)]
    [InlineData("zh-CN", "城感通", "各区县态势", "潞州区", 3840, 2160)]
    public async Task Wall_InEitherLanguageAndEverySize_ShowsTheChannelsTheMapAndIsAccessible(string locale, string channel, string map, string district, int width, int height)
    {
        await using BrowserPage browser = await OpenAsync(locale, width, height);

        await Assertions.Expect(browser.Page.Locator("#tiles h3").First).ToHaveTextAsync(channel);
        await Assertions.Expect(browser.Page.Locator("#map-title")).ToHaveTextAsync(map);
        await Assertions.Expect(browser.Page.Locator("#map li b", new PageLocatorOptions { HasTextString = district })).ToBeVisibleAsync();
        Assert.Equal(12, await browser.Page.Locator("#map li").CountAsync());
        Assert.True(await browser.Page.Locator("#changes li").CountAsync() > 3);
        await Assertions.Expect(browser.Page.Locator("#cases li")).ToHaveCountAsync(7);
        await Assertions.Expect(browser.Page.Locator("#map .counts", new PageLocatorOptions { HasTextString = "40" })).ToHaveCountAsync(12);
        Assert.False(await browser.Page.EvaluateAsync<bool>("document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"), "The wall scrolls.");
        // The most important thing is the biggest, and reads from afar: a 30th of the height is 2 cm on a 55-inch screen's 68.
        double size = await browser.Page.EvaluateAsync<double>("parseFloat(getComputedStyle(document.querySelector('.tile .value')).fontSize) / innerHeight");
        Assert.InRange(size, 0.05, 0.15);
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
        await Screenshots.TakeAsync(browser.Page, $"wall-{locale[..2]}-{width}x{height}");
    }

    [Fact]
    public async Task Wall_LevelsAndAges_AreInWordsAndNotOnlyInColour()
    {
        await using BrowserPage browser = await OpenAsync("zh-CN");
        foreach (string level in await browser.Page.Locator("#tiles .level").AllInnerTextsAsync()) Assert.Matches("^[●▲◆■○◌] (正常|关注|预警|严重|未评级|已过时)$", level);
        foreach (string fresh in await browser.Page.Locator("#tiles .fresh").AllInnerTextsAsync()) Assert.Matches(@"\d\d:\d\d · ", fresh);
    }

    [Fact]
    public async Task Wall_WhenAViewChanges_ShowsItWithoutBeingAsked()
    {
        const string critical = "City critical";
        await using BrowserPage browser = await OpenAsync("en");
        // The last minute that has ended: an earlier one would be no news.
        long minutes = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 - 1;
        var minute = DateTimeOffset.FromUnixTimeSeconds(minutes * 60);
        District district = city.Quiet;
        Assert.DoesNotContain(critical, await WordsAsync(), StringComparison.Ordinal);

        for (int i = 0; i < 8; i++) await city.OpenManholeAsync(district.Code, minute.AddSeconds(i), i);
        await Until.TrueAsync("the district is critical", async () =>
        {
            await city.Jobs.RunAsync("city", "1m", Ct);
            return (await WordsAsync()).Contains(critical, StringComparison.Ordinal);
        }, Ct);

        async Task<string> WordsAsync() =>
            await browser.Page.Locator("#map li", new PageLocatorOptions { HasTextString = district.Names.En }).GetAttributeAsync("title") ?? "";
    }

    [Fact]
    public async Task Wall_ByKeyboardAlone_GoesToTheLanguageAndIntoAChannel()
    {
        await using BrowserPage browser = await OpenAsync("zh-CN");
        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(browser.Page.Locator(".skip")).ToBeFocusedAsync();
        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(browser.Page.Locator("#language")).ToBeFocusedAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("#map-title")).ToHaveTextAsync("Districts");
        await Assertions.Expect(browser.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(browser.Page.Locator("#tiles a").First).ToBeFocusedAsync();
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Wall_AsKiosk_RotatesThroughTheChannelsAndBack()
    {
        await using BrowserPage browser = await chromium.OpenAsync(city.Http.BaseAddress!);
        await browser.Page.GotoAsync("/?kiosk=5");
        await Assertions.Expect(browser.Page.Locator("#language")).ToBeHiddenAsync();
        await Assertions.Expect(browser.Page.Locator("#spotlight-name")).ToHaveTextAsync("城感通", new() { Timeout = 15_000 });
        await Assertions.Expect(browser.Page.Locator("#spotlight .value").First).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.Locator("#tiles")).ToBeHiddenAsync();
        await browser.AssertAccessibleAsync();
        await Screenshots.TakeAsync(browser.Page, "kiosk-zh-1920x1080");
        await Assertions.Expect(browser.Page.Locator("#spotlight-name")).ToHaveTextAsync("社情通", new() { Timeout = 15_000 });
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Wall_AfterHundredsOfBoards_HoldsWhatItHeldAfterTheFirst()
    {
        await using BrowserPage browser = await OpenAsync("zh-CN");
        var feed = Channel.CreateUnbounded<string>();
        WallReplay replay = await city.RecordAsync();
        await browser.Page.RouteAsync("**/api/wall", async route => await route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/event-stream", Body = await feed.Reader.ReadAsync(Ct) }));
        ICDPSession devtools = await browser.Page.Context.NewCDPSessionAsync(browser.Page);
        await feed.Writer.WriteAsync(replay.Of(0, 1 + Boards, "first"), Ct);
        await browser.Page.ReloadAsync();
        (int shown, double held) = await HeldAfterAsync("first");

        await feed.Writer.WriteAsync(replay.Of(0, 1 + 8 * Boards, "last"), Ct); // the last boards of both have as many of everything
        (int shownAtLast, double heldAtLast) = await HeldAfterAsync("last");
        Assert.Equal(shown, shownAtLast);
        // One that is kept though it is no longer shown, for each board, would be 350 more.
        Assert.InRange(heldAtLast, 0, held + Boards);
        browser.AssertNoFaults();

        async Task<(int Shown, double Held)> HeldAfterAsync(string name)
        {
            await Assertions.Expect(browser.Page.Locator("#city")).ToHaveTextAsync(name, new() { Timeout = 60_000 });
            await devtools.SendAsync("Performance.enable");
            await devtools.SendAsync("HeapProfiler.collectGarbage");
            JsonElement metrics = (await devtools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics");
            return (await browser.Page.Locator("*").CountAsync(), metrics.EnumerateArray().Single(m => m.GetProperty("name").GetString() == "Nodes").GetProperty("value").GetDouble());
        }
    }

    private async Task<BrowserPage> OpenAsync(string locale, int width = 1920, int height = 1080)
    {
        BrowserPage browser = await chromium.OpenAsync(city.Http.BaseAddress!, locale, width, height);
        await browser.Page.GotoAsync("/");
        await Assertions.Expect(browser.Page.Locator("#tiles .value").First).ToBeVisibleAsync();
        return browser;
    }

    /// <summary>The server, with a past.</summary>
    public class City : CityServer
    {
        private static readonly string[] Categories = ["event.appearance", "component.traffic", "event.street_order", "component.greening", "event.advert", "event.construction", "component.public_utility"];

        internal RollupJobs Jobs => Part<RollupJobs>();

        internal District Quiet => Part<CurrentPlan>().Plan.City.Districts.Single(d => d.Code == PastOfCity.Quiet(Part<CurrentPlan>().Plan.City));

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await PastOfCity.WriteAsync(Part<IStore>(), TimeProvider.System.GetUtcNow(), Ct);
            for (int i = 0; i < Categories.Length; i++) await ReportAsync(i);
        }

        internal async Task ReportAsync(int i)
        {
            // Within this hour: one that is over would be computed anew, and its made-up values taken back.
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            TimeSpan sinceHour = TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerHour);
            DateTimeOffset time = now - (i + 0.5) * TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute * 2, sinceHour.Ticks / 30));
            using HttpResponseMessage answer = await Http.PostAsJsonAsync("/ingest/grid-incident", new
            {
                caseId = $"WALL-{i}",
                state = i % 3 == 2 ? "dispatched" : "reported",
                time = time.ToString("O", CultureInfo.InvariantCulture),
                category = Categories[i % Categories.Length],
                district = string.Create(CultureInfo.InvariantCulture, $"1404{23 + i}"),
                text = "<img src=x onerror=alert(1)>",
            }, Ct);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        /// <summary>What the feed sends first, to be replayed in many forms.</summary>
        internal async Task<WallReplay> RecordAsync()
        {
            await using Stream feed = await Http.GetStreamAsync("/api/wall", Ct);
            Dictionary<string, string> first = [];
            await foreach (SseItem<string> item in SseParser.Create(feed).EnumerateAsync(Ct))
            {
                first[item.EventType] = item.Data;
                if (first.Count == 2) break;
            }

            return new WallReplay(first["board"], first["pulse"]);
        }

        internal async Task OpenManholeAsync(string district, DateTimeOffset time, int id) =>
            Assert.True((await Http.PostAsync("/api/v2/write?precision=ms", new StringContent(string.Create(CultureInfo.InvariantCulture,
                $"manhole,sense=thing,source=test,district={district},device=wall-{id} open=1i {time.ToUnixTimeMilliseconds()}")), Ct)).IsSuccessStatusCode);
    }
}
