using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Sources;

/// <summary>Clients that others wrote, as their users use them.</summary>
public sealed class ForeignClientTests(WireServer server) : IClassFixture<WireServer>
{
    private static readonly string Folder = RepositoryFolder.Find("tests/CityPerception.Tests/Foreign");

    [Theory]
    [InlineData(Wire.Tcp, "mqttv311")] // the command of the README
    [InlineData(Wire.Tcp, "mqttv31")]
    [InlineData(Wire.Tcp, "mqttv5")]
    [InlineData(Wire.Tls, "mqttv311")]
    [InlineData(Wire.Tls, "mqttv5")]
    public async Task Mosquitto_Published_ReachesMosquittoAndTheStore(Wire wire, string version)
    {
        string device = Air.NewDevice(), message = Air.Message(device);
        int port = wire == Wire.Tcp ? server.MqttPort : server.MqttsPort;
        string[] trust = wire == Wire.Tcp ? [] : ["--cafile", server.CertificateFile];
        string[] arguments = ["-V", version, "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), .. trust, "-q", "1", "-t", Air.Topic(device)];
        await Tool.RunAsync("mosquitto_pub", [.. arguments, "-r", "-m", message]); // retained, so that it does not matter who is first
        string received = await Tool.RunAsync("mosquitto_sub", [.. arguments, "-C", "1"]);

        Assert.Equal(message, received.TrimEnd('\n'));
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Mosquitto_KilledWithAWill_IsOffline()
    {
        string device = Air.NewDevice(), topic = $"tele/{device}/LWT", port = server.MqttPort.ToString(CultureInfo.InvariantCulture);
        string path = MissingServer.Find("mosquitto_pub", "Debian: apt-get install mosquitto-clients.");
        using Process client = Process.Start(new ProcessStartInfo(
            path, ["-h", "127.0.0.1", "-p", port, "-q", "1", "-r", "-t", topic, "-l", "--will-topic", topic, "--will-payload", "Offline", "--will-retain", "--will-qos", "1"])
        { RedirectStandardInput = true })!;
        try
        {
            await client.StandardInput.WriteAsync("Online\n");
            await client.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            await Until.TrueAsync("it is online", async () => (await server.PointsOfAsync(device, "device_status")).Count == 1, TestContext.Current.CancellationToken);
        }
        finally
        {
            client.Kill();
        }

        await Until.TrueAsync("the will is stored", async () => (await server.PointsOfAsync(device, "device_status")).Count == 2, TestContext.Current.CancellationToken);
        Assert.Equal(["online", "offline"], (await server.PointsOfAsync(device, "device_status")).OrderBy(p => p.TimeNs).Select(p => p.Tags["state"]));
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task MqttJs_ADevicesLife_SeesWhatItShouldAndEverythingIsStored(Wire wire, byte version)
    {
        MissingServer.Find("node", "Debian: apt-get install nodejs npm.");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules"))) MissingServer.Missing("mqtt.js", $"npm ci in {Folder}, which tests/run.sh does.");
        string name = Air.NewDevice();
        string url = wire switch
        {
            Wire.Tcp => $"mqtt://127.0.0.1:{server.MqttPort}",
            Wire.Tls => $"mqtts://127.0.0.1:{server.MqttsPort}",
            Wire.WebSocket => $"ws://127.0.0.1:{server.HttpPort}/mqtt",
            _ => $"wss://127.0.0.1:{server.HttpsPort}/mqtt",
        };
        using JsonDocument seen = JsonDocument.Parse(await Tool.RunAsync("node", Path.Combine(Folder, "mqttjs.js"), url, version.ToString(CultureInfo.InvariantCulture), server.CertificateFile, name));

        JsonElement Seen(string what) => seen.RootElement.GetProperty(what);
        Assert.Equal([1, 1], Seen("granted").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal(Enumerable.Range(0, 3).Select(i => $"{Air.Topic($"{name}-heard")} {Message($"{name}-heard", i)}"), Texts(Seen("heard")));
        Assert.Equal([$"last/{name} gone"], Texts(Seen("will")));
        Assert.Equal(version == RawMqtt.V5 ? "153" : "null", Seen("refused").GetRawText()); // payload format invalid
        Assert.Equal((300, 3), (Seen("acknowledged").GetInt32(), Seen("reconnects").GetInt32()));
        foreach ((string device, int points) in ((string, int)[])[("heard", 3), ("alone", 3), ("stubborn", 300)])
            Assert.Equal(points, (await server.PointsOfAsync($"{name}-{device}")).Count);
    }

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(e => e.GetString()!);

    private static string Message(string device, int second) => string.Create(CultureInfo.InvariantCulture, $$$"""{"deviceId":"{{{device}}}","ts":{{{Air.TimeMs + (second * 1000)}}},"data":{"pm25":35.1}}""");
}
