using CityPerception.Tests.Support;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>A wall outlives its server.</summary>
public sealed class WallReconnectTests(Chromium chromium)
{
    [Fact]
    public async Task Wall_ServerKilledAndStartedAgain_SaysSoAndComesBackByItself()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("cityperception-wall-");
        try
        {
            Server first = await Server.StartAsync(data.FullName);
            Uri address = first.Http.BaseAddress!;
            await using BrowserPage browser = await chromium.OpenAsync(address);
            browser.ServerMayBeAway = true;
            await browser.Page.GotoAsync("/");
            await Assertions.Expect(browser.Page.Locator("body[data-connection=live] .tile").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
            await Assertions.Expect(browser.Page.Locator("#banner")).ToBeHiddenAsync();

            await first.KillAsync();
            await first.DisposeAsync();
            await Assertions.Expect(browser.Page.Locator("#banner")).ToContainTextAsync("连接中断", new() { Timeout = 30_000 });
            await Screenshots.TakeAsync(browser.Page, "wall-lost");

            await using Server second = await Server.StartAsync(data.FullName, set: ["Http:Url=" + address]);
            await Assertions.Expect(browser.Page.Locator("body[data-connection=live]")).ToBeVisibleAsync(new() { Timeout = 30_000 });
            await Assertions.Expect(browser.Page.Locator("#banner")).ToBeHiddenAsync();
            browser.AssertNoFaults();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
