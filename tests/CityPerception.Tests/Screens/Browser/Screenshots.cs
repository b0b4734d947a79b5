using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>Pictures for the documentation: taken where <c>SCREENSHOTS</c> names a folder.</summary>
internal static class Screenshots
{
    public static async Task TakeAsync(IPage page, string name)
    {
        if (FileOf(name) is { } file) await page.ScreenshotAsync(new PageScreenshotOptions { Path = file });
    }

    /// <summary>Where the picture of this name goes; null where none is wanted.</summary>
    public static string? FileOf(string name) => Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder ? Path.Combine(folder, name + ".png") : null;
}
