using CityPerception.TestKit.Servers;
using CityPerception.Tests.Screens.Browser;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace CityPerception.Tests.Screens.Browser;

/// <summary>Debian's chromium, one for all tests and started by the first that needs it; each page has its own profile.</summary>
public sealed class Chromium : IAsyncDisposable
{
    // Other tests run at the same time, on few cores.
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens an empty page, as a person's who reads the language.</summary>
    /// <param name="origin">The server: a request to any other is refused, and fails the test.</param>
    /// <param name="locale">zh-CN or en.</param>
    /// <param name="width">Of the window, in CSS pixels.</param>
    /// <param name="height">Likewise.</param>
    internal async Task<BrowserPage> OpenAsync(Uri origin, string locale = "zh-CN", int width = 1920, int height = 1080)
    {
        IBrowser browser = await StartAsync();
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = origin.ToString(),
            Locale = locale,
            TimezoneId = "Asia/Shanghai",
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        return await BrowserPage.CreateAsync(context, origin);
    }

    private async Task<IBrowser> StartAsync()
    {
        string program = MissingServer.Find("chromium", "Install Debian's package chromium, or run tests/run.sh.");
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            Assertions.SetDefaultExpectTimeout((float)MostPatience.TotalMilliseconds);
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program });
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _gate.Dispose();
    }
}
