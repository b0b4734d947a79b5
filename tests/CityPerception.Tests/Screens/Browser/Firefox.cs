using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>Debian's Firefox with one page, driven by puppeteer: Playwright drives only a Firefox that it builds and downloads itself.</summary>
internal sealed class Firefox : IAsyncDisposable
{
    private static readonly string Folder = RepositoryFolder.Find("tests/CityPerception.Tests/Foreign");

    private readonly Process _node;

    private Firefox(Process node) => _node = node;

    /// <summary>Starts it.</summary>
    /// <param name="origin">The server; a request to any other is a fault.</param>
    public static Firefox Start(Uri origin)
    {
        string node = MissingServer.Find("node", "Debian: apt-get install nodejs npm."), firefox = MissingServer.Find("firefox-esr", "Install Debian's package firefox-esr, or run tests/run.sh.");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "puppeteer-core"))) MissingServer.Missing("puppeteer-core", $"npm ci in {Folder}, which tests/run.sh does.");
        return new Firefox(Process.Start(new ProcessStartInfo(node, [Path.Combine(Folder, "firefox.js"), firefox, origin.GetLeftPart(UriPartial.Authority)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        })!);
    }

    /// <summary>Opens a page of the server.</summary>
    public Task OpenAsync(string path, int width = 1920, int height = 1080) => AskAsync(("size", new[] { width, height }), ("open", path));

    /// <summary>Waits until a JavaScript expression is true of the page; else the test fails, with what the page says.</summary>
    public Task UntilAsync(string expression) => AskAsync(("until", expression));

    public Task ClickAsync(string selector) => AskAsync(("click", selector));

    public Task TypeAsync(string selector, string text) => AskAsync(("type", new[] { selector, text }));

    /// <summary>Fails with what was found since the page was opened: errors in the console, requests to other hosts.</summary>
    public async Task AssertNoFaultsAsync() => Assert.Empty((await AskAsync(("faults", true))).EnumerateArray().Select(static f => f.GetString()));

    /// <summary>A picture for the documentation, as <see cref="Screenshots"/> has it.</summary>
    public async Task TakeAsync(string name)
    {
        if (Screenshots.FileOf(name) is { } file) await AskAsync(("screenshot", file));
    }

    public async ValueTask DisposeAsync()
    {
        // It closes the browser at the end of its input.
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }

    private async Task<JsonElement> AskAsync(params (string Name, object Argument)[] commands)
    {
        JsonElement value = default;
        foreach ((string name, object argument) in commands)
        {
            await _node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new Dictionary<string, object> { [name] = argument }));
            await _node.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            string line = await _node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("Firefox, or what drives it, has ended; its output says why.");
            JsonElement answer = JsonSerializer.Deserialize<JsonElement>(line);
            if (answer.TryGetProperty("error", out JsonElement error)) Assert.Fail($"Firefox, {name} {argument}: {error.GetString()}");
            value = answer.GetProperty("value");
        }

        return value;
    }
}
