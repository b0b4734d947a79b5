using System.Globalization;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.Sparkplug;

/// <summary>Edge nodes at the embedded broker: what becomes of their life.</summary>
public sealed class SparkplugTests(CityServer server) : IClassFixture<CityServer>
{
    private static readonly string Foreign = RepositoryFolder.Find("tests/CityPerception.Tests/Foreign");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_ByAlias_IsStoredUnderTheNameOfTheBirth()
    {
        await using EdgeNode node = await EdgeNode.ConnectAsync(server.MqttPort, EdgeNode.NewName());
        await node.BirthAsync();
        for (int i = 1; i <= 300; i++) await node.DataAsync(100 + i, EdgeNode.Time + (i * 1000)); // past the end of the running number

        IReadOnlyList<Point> points = await server.PointsOfAsync(node.Device, "lamp");
        Assert.Equal(Enumerable.Range(0, 301).Select(i => 100.0 + i), points.Select(p => (double)p.Fields["power"]));
        Assert.Equal(1L, points[0].Fields["on"]);
    }

    [Fact]
    public async Task Data_AfterAGap_IsStoredAndTheNodeIsAskedForItsBirths()
    {
        await using EdgeNode node = await EdgeNode.ConnectAsync(server.MqttPort, EdgeNode.NewName());
        await node.BirthAsync();
        double before = await MissingAsync();
        await node.DataAsync(101, EdgeNode.Time + 1000, skip: 3);
        await node.ReceiveRebirthAsync();

        await Until.TrueAsync("three are counted", async () => await MissingAsync() == before + 3, Ct);
        Assert.Equal(2, (await server.PointsOfAsync(node.Device, "lamp")).Count);
    }

    [Fact]
    public async Task Life_OfANodeThatGoesWithoutAWord_IsOnlineThenOfflineWithItsDevice()
    {
        string name = EdgeNode.NewName(), device;
        await using (EdgeNode node = await EdgeNode.ConnectAsync(server.MqttPort, name))
        {
            device = node.Device;
            await node.BirthAsync();
        }

        await Until.TrueAsync("both are offline", async () => await StatesAsync(name) is "online offline" && await StatesAsync(device) is "online offline", Ct);
    }

    [Fact]
    public async Task DeviceDeath_OfADevice_LeavesItsNodeOnline()
    {
        string name = EdgeNode.NewName();
        await using EdgeNode node = await EdgeNode.ConnectAsync(server.MqttPort, name);
        await node.BirthAsync();
        await node.DeviceDeathAsync(EdgeNode.Time + 1000);
        Assert.Equal(("online", "online offline"), (await StatesAsync(name), await StatesAsync(node.Device)));
    }

    [Fact]
    public async Task NodeDeath_OfAnOlderSession_DoesNotEndTheNewOne()
    {
        string name = EdgeNode.NewName();
        EdgeNode old = await EdgeNode.ConnectAsync(server.MqttPort, name, session: 4);
        await old.BirthAsync();
        await using EdgeNode node = await EdgeNode.ConnectAsync(server.MqttPort, name, session: 5);
        await node.BirthAsync(EdgeNode.Time + 1000);
        double before = await MetricAsync("cityperception_sparkplug_stale_deaths");
        await old.DisposeAsync();
        await Until.TrueAsync("the old will has come", async () => await MetricAsync("cityperception_sparkplug_stale_deaths") > before, Ct);

        await node.DataAsync(101, EdgeNode.Time + 2000);
        Assert.Equal("online online", await StatesAsync(name));
        Assert.Equal(101.0, (await server.PointsOfAsync(node.Device, "lamp"))[^1].Fields["power"]);
    }

    [Fact]
    public async Task Data_ThatNoSourceMaps_CountsForTheSessionAndIsNoDeadLetter()
    {
        string name = EdgeNode.NewName();
        await using EdgeNode node = await EdgeNode.ConnectAsync(server.MqttPort, name);
        await node.BirthAsync();
        byte[] payload = SparkplugPayloads.Write(EdgeNode.Time, 2, new SparkplugMetric("Uptime", 5L, 8));
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        await peer.PublishAsync($"spBv1.0/changzhi/NDATA/{name}", payload);
        double before = await MissingAsync();
        await node.DataAsync(101, EdgeNode.Time + 1000, skip: 1);
        await node.DataAsync(102, EdgeNode.Time + 2000, skip: 5); // these are missing, and none but these

        await Until.TrueAsync("five are counted", async () => await MissingAsync() == before + 5, Ct);
        Assert.Empty(await server.LettersOfAsync(payload));
    }

    [Fact]
    public async Task Payload_ThatIsNone_IsADeadLetter()
    {
        byte[] payload = [1, 2, 3, .. Guid.NewGuid().ToByteArray()];
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        await peer.PublishAsync($"spBv1.0/changzhi/DDATA/{EdgeNode.NewName()}/lamp", payload);
        Assert.Equal(RejectionReason.SyntaxInvalid, Assert.Single(await server.LettersOfAsync(payload)).Rejections[0].Reason);
    }

    // A client of Sparkplug's authors.
    [Fact]
    public async Task SparkplugClient_ItsLife_IsStoredAndItsGapIsAnswered()
    {
        MissingServer.Find("node", "Debian: apt-get install nodejs npm.");
        if (!Directory.Exists(Path.Combine(Foreign, "node_modules", "sparkplug-client"))) MissingServer.Missing("sparkplug-client", $"npm ci in {Foreign}, which tests/run.sh does.");
        string name = EdgeNode.NewName(), device = $"{name}-lamp";
        using JsonDocument seen = JsonDocument.Parse(await Tool.RunAsync(
            "node", Path.Combine(Foreign, "sparkplug.js"), $"mqtt://127.0.0.1:{server.MqttPort}", name, device, EdgeNode.Time.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal([true], seen.RootElement.GetProperty("rebirths").EnumerateArray().Select(r => r.GetBoolean()));
        IReadOnlyList<Point> points = await server.PointsOfAsync(device, "lamp");
        Assert.Equal([100.5, 101.5, 102.5, 100.5, 103.5], points.Where(p => p.Fields.ContainsKey("power")).Select(p => (double)p.Fields["power"]));
        await Until.TrueAsync("its death has come", async () => (await StatesAsync(device)).EndsWith("offline", StringComparison.Ordinal), Ct);
    }

    private Task<double> MissingAsync() => MetricAsync("cityperception_sparkplug_missing");

    private Task<double> MetricAsync(string name) => MetricsPage.SumAsync(server.Http, name);

    // In the order of their times.
    private async Task<string> StatesAsync(string device) =>
        string.Join(' ', (await server.PointsOfAsync(device, "device_status")).OrderBy(p => p.TimeNs).Select(p => p.Tags["state"]));
}
