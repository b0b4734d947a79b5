using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace CityPerception.Tests.Cli;

public sealed class ServeTests
{
    [Fact]
    public async Task Serve_Started_SaysWhereAndStopsCleanlyOnSigterm()
    {
        (CliProcess process, Uri http) = await CliProcess.ServeAsync();
        await using (process)
        {
            using var client = new HttpClient { BaseAddress = http };
            using HttpResponseMessage ready = await client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            // A screen that follows the live figures must not hold up the stop.
            using HttpResponseMessage live = await client.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

            (int exitCode, string output, string error) = await process.StopAsync();
            Assert.Equal((0, ""), (exitCode, error));
            Assert.Contains("/metrics", output, StringComparison.Ordinal);
            Assert.Contains("ingest-configs", output, StringComparison.Ordinal);
            Assert.Contains("Stopped", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Serve_PortInUse_NamesItAndTheSettingThatChangesIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string address = ((IPEndPoint)other.LocalEndpoint).ToString();

        (int exitCode, string output, string error) = await CliProcess.RunAsync(["serve", "--set", $"Http:Url=http://{address}", "--set", "Mqtt:Port=0"]);

        Assert.Equal(1, exitCode);
        Assert.Contains($"{address} (HTTP) is in use by another program", error, StringComparison.Ordinal);
        Assert.Contains("--set Http:Url=", error, StringComparison.Ordinal);
        Assert.Contains("已被其他程序占用", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_JsonLogging_PrintsNothingButJson()
    {
        (CliProcess process, _) = await CliProcess.ServeAsync("--set", "Logging:Format=json");
        await using (process)
        {
            (int exitCode, string output, _) = await process.StopAsync();
            Assert.Equal(0, exitCode);
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
            Assert.Contains(lines, line => line.Contains("\"EventId\":1000", StringComparison.Ordinal));
        }
    }
}
