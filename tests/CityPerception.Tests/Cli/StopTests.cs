using System.Diagnostics;
using CityPerception.TestKit;

namespace CityPerception.Tests.Cli;

/// <summary>A command that is told to stop while it has not waited for anything yet.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_BeforeTheFirstWait_LetsTheCommandFinishByItself()
    {
        using var folder = new TempFolder();
        string pipe = folder.File("measurements.yaml");
        await Tool("mkfifo", pipe);
        // It reads this file at once, and waits for it inside the call that opens it.
        await using CliProcess process = CliProcess.Start(["score", "满意", "--config", folder.Path]);
        await using FileStream writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await Tool("kill", "-TERM", $"{process.Id}");
        await Until.TrueAsync("the signal has arrived", () => File.ReadLines($"/proc/{process.Id}/status").Where(l => l.StartsWith("ShdPnd", StringComparison.Ordinal)).All(l => l.EndsWith("0000000000000000", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        writer.Close();

        (int exitCode, string output, string error) = await process.FinishAsync();

        Assert.NotEqual(143, exitCode); // 128 + SIGTERM
        Assert.NotEqual("", output + error); // what it had to say
    }

    private static async Task Tool(string name, params string[] arguments)
    {
        using Process tool = Process.Start(name, arguments);
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, tool.ExitCode);
    }
}
