using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>Pictures for the documentation: taken where <c>SCREENSHOTS</c> names a folder.</summary>
internal static class Screenshots
{
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder) await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }
}
