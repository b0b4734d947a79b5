using CityPerception.Tests.Hosting;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

public sealed class SignInPageTests(Chromium chromium)
{
    [Theory]
    [InlineData("zh-CN", "登录")]
    [InlineData("en", "Sign in")]
    public async Task SignIn_InEitherLanguage_IsAccessibleAndFollowsTheKeyboard(string locale, string title)
    {
        await using TestServer server = await TestServer.StartAsync();
        await using BrowserPage browser = await chromium.OpenAsync(server.Client.BaseAddress!, locale, 1366, 768);
        await browser.Page.GotoAsync("/sign-in");

        await Assertions.Expect(browser.Page.Locator("#form-title")).ToHaveTextAsync(title);
        await Assertions.Expect(browser.Page.Locator("#name")).ToBeFocusedAsync();
        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(browser.Page.Locator("#password")).ToBeFocusedAsync();
        await browser.AssertAccessibleAsync();
        browser.AssertNoFaults();
    }
}
