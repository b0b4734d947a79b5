using System.Text.RegularExpressions;
using CityPerception.Hosting;
using CityPerception.Screens.Admin;
using CityPerception.Screens.Admin.Pages;
using CityPerception.TestKit;
using CityPerception.Tests.Support;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>What a page says of work that another process does.</summary>
public sealed class RolesPageTests(Chromium chromium)
{
    private const string Other = "runs as broker,web and not as ";

    [Fact]
    public async Task Pages_OfAProcessWithoutTheWork_SayWhereItIs()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, roles: "broker,web");
        await using BrowserPage browser = await chromium.OpenAsync(server.Http.BaseAddress!, "en");
        browser.ServerMayBeAway = true; // the console notes each 501
        IPage page = browser.Page;

        await page.GotoAsync("/admin/jobs");
        await Assertions.Expect(page.Locator("#elsewhere")).ToContainTextAsync(Other + "dispatch,rollup");
        await Assertions.Expect(page.Locator("table")).ToHaveCountAsync(0);
        await browser.AssertAccessibleAsync();
        await page.ClickAsync(".pages a[href='/admin/devices']");
        await Assertions.Expect(page.Locator("#elsewhere")).ToContainTextAsync(Other + "dispatch");
        await page.ClickAsync(".pages a[href='/admin/sources']");
        await Assertions.Expect(page.Locator("#sources tbody tr").First).ToBeVisibleAsync();
        foreach (string works in (string[])["cases", "deadletters", "people", "audit"])
        {
            await page.ClickAsync($".pages a[href='/admin/{works}']");
            await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/admin/{works}$"));
            await Assertions.Expect(page.Locator("#content table").First).ToBeVisibleAsync();
        }

        await page.GotoAsync("/");
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync(Other + "dispatch");
        await page.GotoAsync("/channels/city");
        await Assertions.Expect(page.Locator("#failure")).ToContainTextAsync(Other + "dispatch");
        await page.GotoAsync("/report");
        await Assertions.Expect(page.Locator("#network")).ToContainTextAsync("takes no reports");
        await Assertions.Expect(page.Locator("#send")).ToBeDisabledAsync();
        browser.AssertNoFaults();
    }

    [Theory]
    [InlineData(Roles.Web, Roles.Broker | Roles.Ingest, Roles.Dispatch | Roles.Rollup, Roles.Broker | Roles.Ingest | Roles.Dispatch)]
    [InlineData(Roles.Web | Roles.Ingest, Roles.None, Roles.Dispatch | Roles.Rollup, Roles.None)]
    [InlineData(Roles.Web | Roles.Dispatch, Roles.Broker | Roles.Ingest, Roles.Rollup, Roles.None)]
    [InlineData(Roles.All, Roles.None, Roles.None, Roles.None)]
    internal void Missing_OfEachPage_IsWhatItShowsTheWorkOf(Roles running, Roles ofSources, Roles ofJobs, Roles ofLetters)
    {
        Assert.Equal(
            (ofSources, ofJobs, ofLetters),
            (ShowsWorkOfAttribute.MissingOf(typeof(SourcesPage), running), ShowsWorkOfAttribute.MissingOf(typeof(JobsPage), running), ShowsWorkOfAttribute.MissingOf(typeof(DeadLettersPage), running)));
        Assert.Equal(Roles.None, ShowsWorkOfAttribute.MissingOf(typeof(CasesPage), running));
    }
}
