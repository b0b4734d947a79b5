using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using Microsoft.Playwright;

namespace CityPerception.Benchmarks.Walls;

/// <summary>The wall in Debian's chromium.</summary>
internal sealed class WallPages(IPlaywright playwright) : IDisposable
{
    private const string FirstPaint = """
        () => new Promise(done => new PerformanceObserver(list => {
          const paint = list.getEntriesByName("first-contentful-paint")[0];
          if (paint) done(paint.startTime);
        }).observe({ type: "paint", buffered: true }))
        """;

    public static async Task<WallPages> CreateAsync() => new(await Playwright.CreateAsync());

    public Task<IBrowser> LaunchAsync() => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = MissingServer.Find("chromium", "Install Debian's package chromium.") });

    public static Task<IPage> OpenAsync(IBrowser browser, Uri server) => browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = server.ToString(), ViewportSize = new ViewportSize { Width = 1920, Height = 1080 } });

    /// <summary>Milliseconds from the navigation of a browser that was just started to its first paint with contents, and to the first value of a channel.</summary>
    public async Task<(double Paint, double Value)> ColdAsync(Uri server)
    {
        await using IBrowser browser = await LaunchAsync();
        IPage page = await OpenAsync(browser, server);
        await page.GotoAsync("/");
        double paint = await page.EvaluateAsync<double>(FirstPaint);
        await page.Locator(".tile .value", new PageLocatorOptions { HasTextRegex = new Regex("[0-9]") }).First.WaitForAsync();
        return (paint, await page.EvaluateAsync<double>("performance.now()"));
    }

    /// <summary>What a page holds after a forced collection.</summary>
    public static async Task<(double HeapBytes, double Nodes, double Listeners)> HeldAsync(ICDPSession devtools)
    {
        await devtools.SendAsync("Performance.enable");
        for (int i = 0; i < 3; i++) await devtools.SendAsync("HeapProfiler.collectGarbage");
        JsonElement metrics = (await devtools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics");
        double Of(string name) => metrics.EnumerateArray().Single(m => m.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();
        return (Of("JSHeapUsedSize"), Of("Nodes"), Of("JSEventListeners"));
    }

    /// <summary>Shows boards to one page, a round of them at a time, and says after each what the page holds.</summary>
    public async Task ReplayAsync(Uri server, WallReplay replay, int rounds, int boards, Action<int, (double HeapBytes, double Nodes, double Listeners)> report)
    {
        await using IBrowser browser = await LaunchAsync();
        IPage page = await OpenAsync(browser, server);
        var next = Channel.CreateUnbounded<string>();
        await page.RouteAsync("**/api/wall", async route => await route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/event-stream", Body = await next.Reader.ReadAsync() }));
        ICDPSession devtools = await page.Context.NewCDPSessionAsync(page);
        for (int round = 0; round < rounds; round++)
        {
            string mark = $"round {round}";
            await next.Writer.WriteAsync(replay.Of(round * boards, boards, mark));
            if (round == 0) await page.GotoAsync("/");
            await Assertions.Expect(page.Locator("#city")).ToHaveTextAsync(mark, new LocatorAssertionsToHaveTextOptions { Timeout = 120_000 });
            report((round + 1) * boards, await HeldAsync(devtools));
        }
    }

    public void Dispose() => playwright.Dispose();
}
