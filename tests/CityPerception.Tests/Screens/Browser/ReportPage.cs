using CityPerception.Core.Queries;
using CityPerception.Tests.Sources;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>The form on a phone, and what a member of the grid staff does with it.</summary>
internal sealed class ReportPage(BrowserPage browser) : IAsyncDisposable
{
    public const int Width = 360, Height = 740;

    public IPage Page => browser.Page;

    public BrowserPage Browser => browser;

    public static async Task<ReportPage> OpenAsync(Chromium chromium, Uri server, string locale = "zh-CN")
    {
        BrowserPage browser = await chromium.OpenAsync(server, locale, Width, Height);
        await browser.Page.GotoAsync("/report");
        await Assertions.Expect(browser.Page.Locator("#categories input").First).ToBeAttachedAsync();
        return new ReportPage(browser);
    }

    /// <summary>Until the worker that opens the form without network is there.</summary>
    public async Task WaitForWorkerAsync() => await Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");

    /// <summary>Writes a report, except photos and position.</summary>
    public async Task WriteAsync(string text, string category = "event.appearance", string district = "140403")
    {
        if (category.StartsWith("event", StringComparison.Ordinal)) await Page.Locator("#groups label").Nth(1).ClickAsync();
        await Page.Locator($"#categories input[value='{category}']").CheckAsync();
        await Page.Locator("#text").FillAsync(text);
        await Page.Locator("#district").SelectOptionAsync(district);
    }

    public Task SendAsync() => Page.Locator("#send").ClickAsync();

    public Task AttachAsync(byte[] jpeg, string name = "photo.jpg") => Page.Locator("#photos").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "image/jpeg", Buffer = jpeg });

    /// <summary>What is said of a text among the own reports.</summary>
    public ILocator StateOf(string text) => Page.Locator("#mine-list li", new PageLocatorOptions { HasTextString = text }).Locator(".state");

    public Task ShowMineAsync() => Page.Locator("#tabs a").Nth(1).ClickAsync();

    /// <summary>The incidents with this text, as they are in the store.</summary>
    public static Task<IReadOnlyList<Point>> StoredAsync(CityServer city, string text) => city.PointsAsync("incident", new Filter.Tag("source", ["grid-report"]), new Filter.Text("text", text));

    public ValueTask DisposeAsync() => browser.DisposeAsync();
}
