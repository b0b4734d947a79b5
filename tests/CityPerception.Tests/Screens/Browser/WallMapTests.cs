using CityPerception.TestKit;
using CityPerception.Tests.Support;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>The wall of a city that supplies a map.</summary>
public sealed class WallMapTests(Chromium chromium, WallMapTests.City city) : IClassFixture<WallMapTests.City>
{
    [Theory]
    [InlineData("zh-CN", "审图号：测S(2026)001号 · <b>测绘院</b>", 1920, 1080)]
    [InlineData("en", "Map approval (审图号) 测S(2026)001号 · Surveyors", 1366, 768)]
    public async Task Wall_WithAMapOfTheCity_DrawsItsDistrictsAndSaysWhoApprovedIt(string locale, string approval, int width, int height)
    {
        await using BrowserPage browser = await chromium.OpenAsync(city.Http.BaseAddress!, locale, width, height);
        await browser.Page.GotoAsync("/");

        await Assertions.Expect(browser.Page.Locator("#shapes path")).ToHaveCountAsync(12, new() { Timeout = 30_000 }); // the first board of a server that has just started
        await Assertions.Expect(browser.Page.Locator("#map-approval")).ToHaveTextAsync(approval);
        await Assertions.Expect(browser.Page.Locator("#map-note")).ToBeHiddenAsync();
        await Assertions.Expect(browser.Page.Locator("#map li b")).ToHaveCountAsync(12);
        // Each district's text lies within its area, and the area has its level.
        Assert.Equal(12, await browser.Page.EvaluateAsync<int>("""
            () => [...document.querySelectorAll("#map li")].filter(li => {
              const box = li.getBoundingClientRect(), path = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).find(e => e.localName === "path");
              return path && path.dataset.level === li.dataset.level;
            }).length
            """));
        Assert.False(await browser.Page.EvaluateAsync<bool>("document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"), "The wall scrolls.");
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
        await Screenshots.TakeAsync(browser.Page, $"wall-map-{locale[..2]}-{width}x{height}");
    }

    /// <summary>The server, with a past and a map.</summary>
    public sealed class City : WallTests.City
    {
        private readonly ConfigCopy _config = new();

        protected override string ConfigDirectory => _config.Path;

        public override async ValueTask InitializeAsync()
        {
            _config.Write("map/districts.geojson", MadeUpMap.Of(CityPerception.Configuration.ConfigDirectory.Load(RepositoryFolder.Find("ingest-configs")).Plan!.City));
            _config.Replace("city.yaml", "languages:", "map: { file: map/districts.geojson, approval: 测S(2026)001号, source: { zh: <b>测绘院</b>, en: Surveyors } }\n\nlanguages:");
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _config.Dispose();
        }
    }
}
