using System.Text.RegularExpressions;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Azure;

/// <summary>docs/connect/azure-iot-sdk.md does what it says, on a server without keys.</summary>
public sealed partial class AzurePageTests(CityServer server) : IClassFixture<CityServer>
{
    private static readonly string Root = Path.GetDirectoryName(RepositoryFolder.Find("ingest-configs"))!;
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs", "connect", "azure-iot-sdk.md"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Try_TheSampleOfThePage_PrintsWhatThePageShows()
    {
        Assert.Contains(File.ReadAllText(Path.Combine(Root, "ingest-configs", "samples", "azure-telemetry.json")), Page, StringComparison.Ordinal);
        string[] command = TryCommand().Match(Page).Groups[1].Value.Split(' ');
        (int exitCode, string output, string error) = await CliProcess.RunAsync([.. command.Select(a => a.StartsWith("ingest-configs", StringComparison.Ordinal) ? Path.Combine(Root, a) : a), "--config", Path.Combine(Root, "ingest-configs")]);

        Assert.True(exitCode == 0, error);
        Assert.Contains(output.Trim(), Page, StringComparison.Ordinal);
        Assert.StartsWith("noise,", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_TheSampleWithPropertiesOfThePage_PrintsWhatThePageShows()
    {
        Match command = PropertiesCommand().Match(Page);
        await using CliProcess process = CliProcess.Start(["try", "azure-telemetry", "-", "--topic", command.Groups["topic"].Value, "--config", Path.Combine(Root, "ingest-configs")]);
        (int exitCode, string output, string error) = await process.FinishAsync(command.Groups["message"].Value);

        Assert.True(exitCode == 0, error);
        Assert.StartsWith("air_quality,", output, StringComparison.Ordinal);
        Assert.Contains(output.Trim(), Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_TheCommandOfThePage_IsStored()
    {
        Match command = PublishCommand().Match(Page);
        string device = command.Groups["device"].Value;
        await Tool.RunAsync("mosquitto_pub", "-p", $"{server.MqttPort}", "-q", "1", "-i", device, "-u", command.Groups["user"].Value, "-P", "none", "-t", command.Groups["topic"].Value, "-m", command.Groups["message"].Value);

        Assert.Contains(await server.PointsOfAsync(device, "noise"), p => p.TimeNs == 1_763_947_800_000_000_000 && (double)p.Fields["leq"] == 57.9 && p.Tags["district"] == "140403");
    }

    [Fact]
    public async Task Publish_TheBatchOfThePage_IsAPointAnElement()
    {
        string device = $"GW-{Guid.NewGuid():N}", batch = await File.ReadAllTextAsync(Path.Combine(Root, "ingest-configs", "samples", "azure-telemetry-batch.json"), Ct);
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server, MqttProtocolVersion.V311, o => o.WithClientId(device).WithCredentials($"iot.city.example/{device}/?api-version=2021-04-12", "unchecked"));
        await peer.PublishAsync($"devices/{device}/messages/events/", batch);

        Assert.Equal([57.9, 56.3], (await server.PointsOfAsync(device, "noise")).Select(p => (double)p.Fields["leq"]));
    }

    [Fact]
    public async Task Connect_WithoutKeys_StillKeepsDevicesToTheirNames()
    {
        string device = $"GW-{Guid.NewGuid():N}", other = $"{device}-2", message = $$"""{"ts":"2025-11-24T01:30:00Z","leq":50,"by":"{{device}}"}""";
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server, MqttProtocolVersion.V311, o => o.WithClientId(device).WithCredentials($"iot.city.example/{device}/?api-version=2021-04-12", ""));
        await peer.PublishAsync($"devices/{other}/messages/events/", message);

        Assert.Single(await server.LettersOfAsync(message));
        Assert.Empty(await server.PointsOfAsync(other, "noise"));
    }

    [GeneratedRegex("^cityperception (try azure-telemetry .*)$", RegexOptions.Multiline)]
    private static partial Regex TryCommand();

    [GeneratedRegex("^echo '(?<message>[^']+)' \\| cityperception try azure-telemetry - --topic '(?<topic>[^']+)'$", RegexOptions.Multiline)]
    private static partial Regex PropertiesCommand();

    [GeneratedRegex(@"mosquitto_pub -p 1883 -q 1 -i (?<device>\S+) -u '(?<user>[^']+)' -P none \\\s+-t '(?<topic>[^']+)' \\\s+-m '(?<message>[^']+)'")]
    private static partial Regex PublishCommand();
}
