using CityPerception.Storage.Operations.Access;
using CityPerception.Tests.Access;
using CityPerception.Tests.Hosting;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

public sealed class SignInPageTests(Chromium chromium, PeopleServer people) : IClassFixture<PeopleServer>
{
    [Fact]
    public async Task SignIn_OfAScreenWithItsKey_OpensTheWallUntilTheKeyIsRevoked()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        (string name, string key) = await people.AddKeyAsync([KeyScopes.Read]);
        (_, string more) = await people.AddKeyAsync([KeyScopes.Read, KeyScopes.Write]);
        await using BrowserPage browser = await chromium.OpenAsync(people.Http.BaseAddress!, "en", 1366, 768);
        browser.ServerMayBeAway = true; // the stream is cut when the key is revoked
        await browser.Page.GotoAsync("/?kiosk=30");
        await browser.Page.Locator("#by-key").ClickAsync();
        await Assertions.Expect(browser.Page.Locator("#password")).ToBeHiddenAsync();
        await browser.AssertAccessibleAsync();

        // One that may do more must not stand in a hall.
        await browser.Page.Locator("#key").FillAsync(more);
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("#message")).ToContainTextAsync("may do more than read");
        await browser.Page.Locator("#key").FillAsync(key);
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator("body.kiosk[data-connection=live]")).ToBeVisibleAsync();
        Assert.EndsWith("/?kiosk=30", browser.Page.Url, StringComparison.Ordinal);

        Assert.True(await people.Registry.RevokeKeyAsync(name, ct));
        await browser.Page.WaitForURLAsync("**/sign-in?to=*", new() { Timeout = 30_000 });
    }

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
