using System.Globalization;
using System.Net;
using System.Text;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources;

/// <summary>What is counted adds up. In a process of its own: the meters of two servers in one process would be seen together.</summary>
public sealed class CountsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterAKnownMix_AddUp()
    {
        int port = FreePort.Take();
        (CliProcess process, Uri http) = await CliProcess.ServeAsync("--config", RepositoryFolder.Find("ingest-configs"), "--set", $"Mqtt:Port={port}");
        await using (process)
        {
            using var client = new HttpClient { BaseAddress = http };
            await using (MqttPeer peer = await MqttPeer.ConnectAsync(MqttProtocolVersion.V500, b => b.WithTcpServer("127.0.0.1", port)))
            {
                for (int i = 0; i < 20; i++) await peer.PublishAsync(Air.Topic("a"), Air.Message("a", Air.TimeMs + i)); // 20 accepted
                for (int i = 0; i < 5; i++) await peer.PublishAsync(Air.Topic("a"), Air.BadMessage("a")); // 5 rejected
                await peer.PublishAsync("nowhere/at/all", "x"); // kept under no source
            }

            await PostAsync(client, "/ingest/air-station", $"[{string.Join(',', Enumerable.Range(0, 30).Select(i => Air.Message("b", Air.TimeMs + i)))}]"); // 30 accepted
            await PostAsync(client, "/ingest/air-station", $"[{string.Join(',', Enumerable.Repeat(Air.BadMessage("b"), 150))},{Air.Message("b")}]"); // 150 rejected, 1 accepted
            await PostAsync(client, "/ingest/telegraf", "cpu,host=x usage=1 1700000000000000000\ndevice,host=AQ-00001 state=\"online\",rssi=-70i 1700000000000000000"); // 1 filtered, 1 accepted
            await PostAsync(client, "/write?precision=s", "noise,device=c leq=1 1700000000\nnoise,device=c leq=2 1700000001\nnoise lek=1"); // 2 accepted, 1 rejected

            Dictionary<string, double> sums = [];
            await Until.TrueAsync("everything accepted is stored", async () =>
            {
                sums = Sums(await client.GetStringAsync("/metrics", Ct));
                return sums.GetValueOrDefault("cityperception_dispatch_lines_written_total") >= 54;
            }, Ct);

            Assert.Equal(20 + 30 + 1 + 1 + 2, sums["cityperception_ingest_observations_total"]);
            Assert.Equal(5 + 1 + 150 + 1, sums["cityperception_ingest_rejected_total"]);
            Assert.Equal(1, sums["cityperception_ingest_filtered_total"]);
            Assert.Equal(20 + 5 + 1 + 4, sums["cityperception_ingest_messages_total"]);
            Assert.Equal(5 + 1 + 1 + 1, sums["cityperception_deadletters_written_total"]);
            Assert.Equal(sums["cityperception_ingest_observations_total"], sums["cityperception_spool_lines_appended_total"]);
            Assert.Equal(sums["cityperception_ingest_observations_total"],
                sums["cityperception_dispatch_lines_written_total"] + sums.GetValueOrDefault("cityperception_dispatch_lines_refused_total"));
            Assert.Equal(sums["cityperception_ingest_messages_total"], sums["cityperception_ingest_acknowledged_total"]);
        }
    }

    private static async Task PostAsync(HttpClient client, string path, string body)
    {
        using HttpResponseMessage answer = await client.PostAsync(path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), Ct);
        Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.NoContent or HttpStatusCode.BadRequest);
    }

    /// <summary>Each metric, summed over its labels.</summary>
    private static Dictionary<string, double> Sums(string exposition) => exposition.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .GroupBy(line => line[..line.AsSpan().IndexOfAny('{', ' ')], line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture))
        .ToDictionary(metric => metric.Key, metric => metric.Sum());
}
