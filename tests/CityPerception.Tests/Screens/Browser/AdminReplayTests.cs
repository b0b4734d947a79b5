using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations.Access;
using CityPerception.Tests.Access;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>A replay that takes long, because the store is away and the spool is soon full.</summary>
public sealed class AdminReplayTests(Chromium chromium, AdminReplayTests.City city) : IClassFixture<AdminReplayTests.City>
{
    // Some 1 KB each: four thousand fill the spool.
    private const int Letters = 6_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_OfMany_ShowsHowFarItIsAndStopsWhenToldTo()
    {
        long receipt = 0;
        for (int i = 0; i < Letters; i++) receipt = await city.Log.AppendAsync(Letter(i), Ct);
        await city.Log.WaitDurableAsync(receipt, Ct);
        await using BrowserPage browser = await AdminCity.OpenAsync(city, chromium, "/admin/deadletters", UserRoles.Engineer, "en");
        await browser.Page.ClickAsync("#replay-all");
        await browser.Page.Locator(".mud-dialog .yes").ClickAsync();

        ILocator running = browser.Page.Locator(".running[role=status]");
        await Assertions.Expect(running).ToContainTextAsync("3,000 letters so far");
        double done = await running.GetByRole(AriaRole.Progressbar).EvaluateAsync<double>("e => Number(e.getAttribute('aria-valuenow'))");
        Assert.InRange(done, 5, 95);
        await Assertions.Expect(browser.Page.Locator("#replay-all")).ToBeDisabledAsync();
        await running.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(browser.Page.GetByText("The replay ended early")).ToBeVisibleAsync();
        await Assertions.Expect(running).ToHaveCountAsync(0);
        await Assertions.Expect(browser.Page.Locator("#replay-all")).ToBeEnabledAsync();

        int replayed = (await city.Log.ReadAsync(new DeadLetterFilter { State = DeadLetterState.Replayed, Limit = Letters }, Ct)).Letters.Count;
        Assert.InRange(replayed, 3_000, Letters - 500);
        browser.AssertNoFaults();
    }

    private static DeadLetter Letter(int i) => DeadLetter.Create(
        DeadLetterKind.Line, "", "store", null, TimeProvider.System.GetUtcNow(), [new Rejection(RejectionReason.RefusedByStore, 0, "line 1", "a test")],
        Encoding.UTF8.GetBytes($"noise,device={new string('N', 1_000)},district=140403 leq=50 {1_760_000_000 + i}000000000"));

    public sealed class City : PeopleServer
    {
        protected override (string Key, string Value)[] Settings =>
        [
            .. base.Settings, ("Store:Kind", "influxdb"), ("Store:Influx:Url", "http://127.0.0.1:1"), ("Backfill:MaxBytes", "4194304"),
        ];

        internal DeadLetterLog Log => Part<DeadLetterLog>();
    }
}
