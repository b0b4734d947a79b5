using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

public sealed class StopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_UnderLoad_EndsInTimeAndKeepsWhatWasAcknowledged()
    {
        using var data = new TempFolder();
        var load = new NumberedLoad();
        await using (Server server = await Server.StartAsync(data.Path))
        {
            (int ExitCode, string Output, string Error) end = default;
            await load.RunAsync(server, 2000, async () => end = await server.StopAsync(), Ct);
            // A stop that takes more than ten seconds is cut off by the host, with an exception and another exit code.
            Assert.Equal((0, ""), (end.ExitCode, end.Error));
            Assert.Contains("Stopped", end.Output, StringComparison.Ordinal);
        }

        await using Server again = await Server.StartAsync(data.Path);
        await again.WaitUntilDrainedAsync();
        Assert.Equal(0, (await again.StopAsync()).ExitCode);
        (await Kept.InDuckDbAsync(data.Path)).AssertHolds(load);
    }

    [Fact]
    public async Task Serve_DataDirectoryOfAnotherProcess_SaysSoAndLeavesItAlone()
    {
        using var data = new TempFolder();
        await using Server first = await Server.StartAsync(data.Path);

        (int exitCode, string output, string error) = await CliProcess.RunAsync(
            ["serve", "--data", data.Path, "--config", RepositoryFolder.Find("ingest-configs"), "--set", "Http:Url=http://127.0.0.1:0", "--set", "Mqtt:Port=0"]);

        Assert.Equal(1, exitCode);
        Assert.Contains($"{data.File("spool")} is open in another process", error, StringComparison.Ordinal);
        Assert.Contains("--data DIR", error, StringComparison.Ordinal);
        Assert.Contains("数据目录正被另一个进程使用", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
        using HttpResponseMessage taken = await first.PostAsync("/ingest/air-station", NumberedLoad.Message(1));
        Assert.True(taken.IsSuccessStatusCode);
        Assert.Equal(0, (await first.StopAsync()).ExitCode);
    }
}
