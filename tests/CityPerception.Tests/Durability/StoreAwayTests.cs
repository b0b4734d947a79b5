using System.Net;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;
using MQTTnet;

namespace CityPerception.Tests.Durability;

/// <summary>A real InfluxDB that is away, full or does not let us in: senders are acknowledged or told to wait, and nothing is lost.</summary>
public sealed class StoreAwayTests
{
    private const string Topic = "city/aq/AQ-00001/telemetry";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_StoreAway_BuffersSaysSoAndDeliversLater()
    {
        await using InfluxServer influx = await StartAsync();
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, [.. set, "Dispatch:BehindAfter=00:00:01"], environment);

        using IMqttClient client = await MqttSender.ConnectAsync(server.MqttPort, "away", Ct);
        Assert.True((await client.PublishAsync(MqttSender.Message(Topic, NumberedLoad.Message(1)), Ct)).IsSuccess);
        using HttpResponseMessage answer = await server.PostAsync("/ingest/air-station", NumberedLoad.Message(2));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        await Until.TrueAsync("the store's part is degraded", async () => (await server.ReadyAsync("store")).Status == "degraded", Ct);
        Assert.Contains("the spool buffers", (await server.ReadyAsync("store")).Reason, StringComparison.Ordinal);
        Assert.True(await server.MetricAsync("cityperception_spool_size_bytes") > 0);
        Assert.Contains($"influxdb: {influx.Url.GetLeftPart(UriPartial.Authority)} cannot be reached", server.Printed, StringComparison.Ordinal);

        await influx.StartAgainAsync(Ct);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(2, await influx.CountAsync(database, "air_quality", "pm25", Ct));
        Assert.Equal(("healthy", "keeps up"), await server.ReadyAsync("store"));
    }

    [Fact]
    public async Task Ingest_SpoolFull_MakesSendersWaitAndLosesNothing()
    {
        await using InfluxServer influx = await StartAsync();
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(
            data.Path, null, [.. set, .. FullSpool.Small], environment);
        using IMqttClient client = await MqttSender.ConnectAsync(server.MqttPort, "full", Ct);

        int lines = await FullSpool.FillAsync(server);

        using (HttpResponseMessage refused = await server.PostAsync("/ingest/air-station", NumberedLoad.Message(1)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }

        Task<MqttClientPublishResult>[] waiting = [.. Enumerable.Range(2, 5).Select(n => client.PublishAsync(MqttSender.Message(Topic, NumberedLoad.Message(n)), Ct))];
        await Until.TrueAsync("the first of them is read", async () => await server.MetricAsync("cityperception_ingest_messages_total", "mqtt") >= 1, Ct);
        Assert.Equal(0, await server.MetricAsync("cityperception_ingest_acknowledged_total", "mqtt"));
        Assert.DoesNotContain(waiting, w => w.IsCompleted);

        await influx.StartAgainAsync(Ct);
        Assert.All(await Task.WhenAll(waiting), result => Assert.True(result.IsSuccess));
        await Until.TrueAsync("HTTP is taken again", async () =>
        {
            using HttpResponseMessage taken = await server.PostAsync("/ingest/air-station", NumberedLoad.Message(1));
            return taken.StatusCode == HttpStatusCode.Accepted;
        }, Ct);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(6, await influx.CountAsync(database, "air_quality", "pm25", Ct));
        Assert.Equal(lines, await influx.CountAsync(database, "noise", "leq", Ct));
        Assert.InRange(server.PeakMemoryBytes, 1, FarInflux.MaxMemoryBytes);
    }

    [Fact]
    public async Task Stop_StoreAwayAndSendersWaiting_EndsInTimeAndKeepsWhatIsAcknowledged()
    {
        await using InfluxServer influx = await StartAsync();
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        set = [.. set, .. FullSpool.Small];
        using var data = new TempFolder();
        int lines = 0;
        await using (Server server = await Server.StartAsync(data.Path, null, set, environment))
        {
            using IMqttClient client = await MqttSender.ConnectAsync(server.MqttPort, "stop", Ct);
            lines = await FullSpool.FillAsync(server);
            Task<MqttClientPublishResult> waiting = client.PublishAsync(MqttSender.Message(Topic, NumberedLoad.Message(1)), Ct);
            await Until.TrueAsync("it is read", async () => await server.MetricAsync("cityperception_ingest_messages_total", "mqtt") >= 1, Ct);
            (int exitCode, string output, string error) = await server.StopAsync();
            Assert.Equal((0, ""), (exitCode, error));
            Assert.Contains("Stopped", output, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<Exception>(() => waiting); // never acknowledged: its sender has it still
        }

        await influx.StartAgainAsync(Ct);
        await using Server again = await Server.StartAsync(data.Path, null, set, environment);
        await again.WaitUntilDrainedAsync();
        Assert.Equal(lines, await influx.CountAsync(database, "noise", "leq", Ct));
    }

    [Fact]
    public async Task Start_WrongPassword_SaysSoWithoutShowingIt()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        const string Secret = "correct-horse-9f3a";
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, InfluxServer.NewDatabaseName(), Secret);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, [.. set, "Logging:Level=debug"], environment);

        using HttpResponseMessage taken = await server.PostAsync("/ingest/air-station", NumberedLoad.Message(1));
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await Until.TrueAsync("the log says what is wrong", () => server.Printed.Contains("does not know our credentials (401", StringComparison.Ordinal), Ct);
        Assert.Contains("set Store:Influx:User and Store:Influx:Password", server.Printed, StringComparison.Ordinal);

        List<string> seen = [];
        foreach (string path in (string[])["/metrics", "/openapi/v1.json", "/healthz/ready", "/", "/api/nothing"])
            seen.Add(await (await server.Http.GetAsync(path, Ct)).Content.ReadAsStringAsync(Ct));
        using HttpResponseMessage bad = await server.PostAsync("/write", "not a line");
        seen.Add(await bad.Content.ReadAsStringAsync(Ct));
        (int exitCode, string output, string error) = await server.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.All([.. seen, output, error], text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private static async Task<InfluxServer> StartAsync()
    {
        InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        return influx;
    }
}
