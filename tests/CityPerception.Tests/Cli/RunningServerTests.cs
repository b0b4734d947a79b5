using System.Net;
using System.Text.RegularExpressions;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Cli;

/// <summary>Commands that an operator gives beside a running server.</summary>
public sealed class RunningServerTests
{
    [Fact]
    public async Task DeadLetters_WhileTheServerRunsAndAfter_AreListedAndShown()
    {
        using var data = new TempFolder();
        string message = NumberedLoad.Message(7);
        await using Server server = await Server.StartAsync(data.Path);
        using (HttpResponseMessage refused = await server.PostAsync("/ingest/air-station", message)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);

        string id = await ListAsync(data.Path);
        Assert.Contains(message, await ShowAsync(data.Path, id), StringComparison.Ordinal);

        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal(id, await ListAsync(data.Path));
        Assert.Contains(message, await ShowAsync(data.Path, id), StringComparison.Ordinal);
        (int missing, _, string error) = await CliProcess.RunAsync(["deadletters", "show", Guid.Empty.ToString(), "--data", data.Path]);
        Assert.Equal(1, missing);
        Assert.Contains("There is no dead letter", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulate_AgainstTheServer_HasEverythingAcknowledged()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path);

        (int exitCode, string output, _) = await CliProcess.RunAsync(
            ["simulate", "--duration", "00:00:05", "--rate", "100", "--mqtt", $"127.0.0.1:{server.MqttPort}", "--http", server.Http.BaseAddress!.ToString(), "--config", RepositoryFolder.Find("ingest-configs")]);

        Assert.Equal(0, exitCode);
        Match counts = Regex.Match(output, @"(?m)^sent (\d+), acknowledged (\d+), refused (\d+), unanswered 0 ");
        Assert.True(counts.Success, output);
        Assert.True(int.Parse(counts.Groups[1].ValueSpan, null) > 100, output);
        // What it sends badly on purpose is refused over HTTP, and over MQTT kept and acknowledged.
        Assert.Equal(int.Parse(counts.Groups[1].ValueSpan, null), int.Parse(counts.Groups[2].ValueSpan, null) + int.Parse(counts.Groups[3].ValueSpan, null));
    }

    private static async Task<string> ListAsync(string data)
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["deadletters", "list", "--data", data]);
        Assert.Equal((0, ""), (exitCode, error));
        string row = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
        Assert.Matches(@"\bair-station +type_mismatch +\$\.data\.pm25 ", row);
        return row.Split(' ')[0];
    }

    private static async Task<string> ShowAsync(string data, string id)
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["deadletters", "show", id, "--data", data]);
        Assert.Equal((0, ""), (exitCode, error));
        return output;
    }
}
