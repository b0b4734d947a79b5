using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>A page in the browser, and what a user would never see: errors in its console, requests to other hosts.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    // As many stops as a long page has; each row of a table has some.
    private const int MostTabs = 250;

    private static readonly string[] Outage = ["net::ERR_", "status of 503", "status of 501"];

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = [];

    private BrowserPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>The server is being stopped and started by the test: that the network fails, or a part is not up yet, is then no fault.</summary>
    public bool ServerMayBeAway { get; set; }

    /// <summary>A site that the server sends people to on purpose.</summary>
    public Uri? SentTo { get; set; }

    public static async Task<BrowserPage> CreateAsync(IBrowserContext context, Uri origin)
    {
        var page = new BrowserPage(context, await context.NewPageAsync());
        page.Page.Console += (_, message) =>
        {
            if (message.Type is not ("error" or "warning")) return;
            if (page.ServerMayBeAway && Array.Exists(Outage, sign => message.Text.Contains(sign, StringComparison.Ordinal))) return;
            page._faults.Enqueue($"console: {message.Text} ({message.Location})");
        };
        page.Page.PageError += (_, error) => page._faults.Enqueue("exception: " + error);
        await context.RouteAsync("**", async route =>
        {
            string authority = new Uri(route.Request.Url).Authority;
            if (authority == origin.Authority || authority == page.SentTo?.Authority)
            {
                await route.ContinueAsync();
                return;
            }

            page._faults.Enqueue("request to another host: " + route.Request.Url);
            await route.AbortAsync();
        });
        return page;
    }

    /// <summary>The text of an element, as a person reads it.</summary>
    public Task<string> TextAsync(string selector) => Page.Locator(selector).First.InnerTextAsync();

    /// <summary>Goes on by the Tab key until an element has the focus, which has to be seen there.</summary>
    public async Task TabToAsync(string selector, string key = "Tab")
    {
        for (int i = 0; i < MostTabs; i++)
        {
            if (await IsFocusedAsync(selector))
            {
                await AssertFocusIsSeenAsync();
                return;
            }

            await Page.Keyboard.PressAsync(key);
        }

        Assert.Fail($"{selector} cannot be reached; the focus is at {await FocusedAsync()}");
    }

    /// <summary>Whether it has the focus, or something in it.</summary>
    public Task<bool> IsFocusedAsync(string selector) => Page.EvaluateAsync<bool>("s => document.activeElement?.closest(s) !== null", selector);

    /// <summary>What has the focus, as HTML.</summary>
    public Task<string> FocusedAsync() => Page.EvaluateAsync<string>("document.activeElement?.cloneNode(false).outerHTML ?? ''");

    // An outline of its own or of what is drawn in its place, or a border that is thicker than without.
    private async Task AssertFocusIsSeenAsync() => Assert.True(await Page.EvaluateAsync<bool>("""
        (() => {
          const at = document.activeElement, box = at.getBoundingClientRect();
          const around = [at, at.closest('label'), at.parentElement, at.parentElement?.parentElement, ...(at.closest('.mud-input-control')?.querySelectorAll('fieldset, .mud-input-outlined-border') ?? []), ...(at.nextElementSibling ? [at.nextElementSibling] : [])];
          const isSeen = (e) => { const s = getComputedStyle(e); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || parseFloat(s.borderTopWidth) >= 2 || s.boxShadow !== 'none'; };
          return box.bottom > 0 && box.top < innerHeight && around.some((e) => e && isSeen(e));
        })()
        """), "the focus is not seen at " + await FocusedAsync());

    /// <summary>Fails with what was found so far: errors in the console, requests to other hosts.</summary>
    public void AssertNoFaults() => Assert.Empty(_faults);

    /// <summary>Fails with what axe finds that keeps people out: contrast, names, roles, order.</summary>
    public async Task AssertAccessibleAsync()
    {
        AxeResult result = await Page.RunAxe();
        Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}"));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
