using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations.Access;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>Whole tasks on the operators' pages with the keyboard alone, from signing in on; the focus is always to be seen and never lost.</summary>
public sealed class AdminKeyboardTests(Chromium chromium, AdminCity city) : IClassFixture<AdminCity>
{
    private const string Dialog = ".mud-dialog";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SkipLink_IsReachedAndLeadsPastTheMenu()
    {
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", UserRoles.Engineer, "en");
        await browser.Page.ReloadAsync();
        await Assertions.Expect(browser.Page.Locator("#letters tbody tr").First).ToBeVisibleAsync();
        await browser.TabToAsync(".skip");
        await browser.Page.Keyboard.PressAsync("Enter");
        await AssertBackAtAsync(browser, "#content");
        await browser.Page.Keyboard.PressAsync("Tab");
        Assert.True(await browser.IsFocusedAsync("#content form"), await browser.FocusedAsync());
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task DeadLetter_IsFoundLookedAtAndReplayed()
    {
        DeadLetter letter = await city.AddLetterAsync("AQ-00081");
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/deadletters", UserRoles.Engineer, "en");
        IKeyboard keyboard = browser.Page.Keyboard;
        await browser.TabToAsync("#containing");
        await keyboard.TypeAsync("AQ-00081");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("#letters tbody tr")).ToHaveCountAsync(1);

        string view = $"[aria-label='View {letter.Id}']";
        await browser.TabToAsync(view);
        await keyboard.PressAsync("Enter");
        await AssertTrappedAsync(browser);
        await keyboard.PressAsync("Escape");
        await AssertBackAtAsync(browser, view);

        await browser.TabToAsync($"[aria-label='Select {letter.Id}']", "Shift+Tab");
        await keyboard.PressAsync("Space");
        await browser.TabToAsync("#replay-selected", "Shift+Tab");
        await keyboard.PressAsync("Enter");
        await AssertTrappedAsync(browser);
        await keyboard.PressAsync("Escape");
        await AssertBackAtAsync(browser, "#replay-selected");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator(Dialog)).ToBeVisibleAsync();
        await browser.TabToAsync(Dialog + " .yes");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.GetByText("1 letters: 1 replayed")).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.Locator("#letters tbody tr")).ToHaveCountAsync(0);
        await AssertBackAtAsync(browser, "#content");
        Assert.Equal(DeadLetterState.Replayed, (await city.Letters.FindAsync(letter.Id, Ct))!.State);
        browser.AssertNoFaults();
    }

    [Fact]
    public async Task Device_IsReachedByTheMenuAndDisabled()
    {
        await city.Devices.AddAsync([("KB-1", null, null)], Ct);
        await using BrowserPage browser = await city.OpenAsync(chromium, "/admin/sources", UserRoles.Engineer, "en");
        await browser.TabToAsync(".pages a[href='/admin/devices']");
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("h1")).ToHaveTextAsync("Devices");
        Assert.True(await browser.IsFocusedAsync(".pages a[aria-current=page], #content"), await browser.FocusedAsync());
        await browser.TabToAsync("#part");
        await browser.Page.Keyboard.TypeAsync("KB-");
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("#devices tbody tr")).ToHaveCountAsync(1);
        await browser.TabToAsync("[aria-label='Disable KB-1']");
        await browser.Page.Keyboard.PressAsync("Enter");
        await AssertTrappedAsync(browser);
        await browser.TabToAsync(Dialog + " .yes");
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("[aria-label='Enable KB-1']")).ToBeVisibleAsync();
        await AssertBackAtAsync(browser, "[aria-label='Enable KB-1']");
        Assert.NotNull((await city.Devices.FindAsync("KB-1", Ct))!.DisabledAt);
        browser.AssertNoFaults();
    }

    // However often Tab is pressed, forwards or back, the focus stays in the dialog.
    private static async Task AssertTrappedAsync(BrowserPage browser)
    {
        await Assertions.Expect(browser.Page.Locator(Dialog)).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.Locator(".mud-focus-trap:focus-within").First).ToBeAttachedAsync();
        foreach (string key in (string[])["Tab", "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"])
        {
            await browser.Page.Keyboard.PressAsync(key);
            Assert.True(await browser.IsFocusedAsync(".mud-dialog-container, .mud-focus-trap"), await browser.FocusedAsync());
        }
    }

    private static async Task AssertBackAtAsync(BrowserPage browser, string selector)
    {
        await Assertions.Expect(browser.Page.Locator(Dialog)).ToHaveCountAsync(0);
        await TestKit.Until.TrueAsync("the focus is back", () => browser.IsFocusedAsync(selector), Ct);
    }
}
