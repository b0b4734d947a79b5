using System.Collections.Concurrent;
using System.Diagnostics;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Screens.Browser;
using Microsoft.Playwright;

namespace CityPerception.Tests.Hosting;

/// <summary>The program as it is published: in a folder of its own, started from another.</summary>
public sealed class PublishTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Published_StartedFromElsewhere_HasEveryFileOfItsPages()
    {
        using var folder = new TempFolder();
        string app = folder.File("app");
        await PublishAsync(app);
        await using CliProcess process = CliProcess.Start(
            ["serve", "--config", Path.Combine(app, "ingest-configs"), "--data", folder.File("data"), "--set", "Http:Url=http://127.0.0.1:0", "--set", "Mqtt:Port=0"], program: Path.Combine(app, "cityperception.dll"));
        Uri server = CliProcess.FindUrl("http", await process.WaitUntilReadyAsync());

        await using BrowserPage browser = await chromium.OpenAsync(server);
        ConcurrentQueue<string> files = [], missing = [];
        browser.Page.Response += (_, answer) => (answer.Status < 400 ? files : missing).Enqueue($"{answer.Status} {new Uri(answer.Url).AbsolutePath}");
        foreach ((string path, string drawn) in ((string, string)[])[("/", "#tiles li"), ("/admin", "#sources tbody tr"), ("/report", "#categories input"), ("/channels/city", "#cards button")])
        {
            await browser.Page.GotoAsync(path);
            await Assertions.Expect(browser.Page.Locator(drawn).First).ToBeAttachedAsync(new LocatorAssertionsToBeAttachedOptions { Timeout = 30_000 });
        }

        Assert.Empty(missing);
        foreach (string file in (string[])["/admin/blazor.js", "/admin/mudblazor.js", "/admin/mudblazor.css", "/echarts.js"]) Assert.Contains(files, f => f.EndsWith(file, StringComparison.Ordinal));
        browser.AssertNoFaults();
    }

    // What is built is copied: the tests have just been built.
    private static async Task PublishAsync(string into)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo("dotnet", ["publish", RepositoryFolder.Find("src/CityPerception"), "-c", configuration, "--no-build", "-o", into, "-v", "quiet", "-nodeReuse:false"]) { RedirectStandardOutput = true };
        using Process publish = Process.Start(start)!;
        string said = await publish.StandardOutput.ReadToEndAsync(Ct);
        await publish.WaitForExitAsync(Ct);
        Assert.True(publish.ExitCode == 0, said);
    }
}
