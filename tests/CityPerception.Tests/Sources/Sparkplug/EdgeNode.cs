using CityPerception.TestKit;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources.Sparkplug;

/// <summary>An edge node with one lamp cabinet behind it, over real MQTT. Its messages have QoS 1 so that a test knows when they are taken.</summary>
internal sealed class EdgeNode : IAsyncDisposable
{
    /// <summary>In ms: before all of a test's messages.</summary>
    public const long Time = 1_795_483_800_000;

    private const int Lit = 11, Power = 12;

    private readonly MqttPeer _peer;
    private readonly string _name;
    private readonly long _session;
    private int _seq;

    private EdgeNode(MqttPeer peer, string name, long session) => (_peer, _name, _session) = (peer, name, session);

    public string Device => $"{_name}-lamp";

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => $"EDGE-{Guid.NewGuid():N}"[..16];

    /// <summary>Connects, with its death as will, and listens to commands. It is not born yet.</summary>
    public static async Task<EdgeNode> ConnectAsync(int port, string name, long session = 0)
    {
        MqttPeer peer = await MqttPeer.ConnectAsync(MQTTnet.Formatter.MqttProtocolVersion.V311, o => o
            .WithTcpServer("127.0.0.1", port)
            .WithWillTopic($"spBv1.0/changzhi/NDEATH/{name}")
            .WithWillPayload(SparkplugPayloads.Write(0, null, SparkplugPayloads.BirthDeath(session)))
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce));
        await peer.SubscribeAsync($"spBv1.0/changzhi/NCMD/{name}");
        return new EdgeNode(peer, name, session);
    }

    /// <summary>Says its births: its own and that of its cabinet.</summary>
    public async Task BirthAsync(long time = Time)
    {
        _seq = 0;
        await SendAsync($"NBIRTH/{_name}", SparkplugPayloads.Write(time, _seq++, SparkplugPayloads.BirthDeath(_session), new SparkplugMetric("Node Control/Rebirth", false, 11)));
        await SendAsync($"DBIRTH/{_name}/{Device}", SparkplugPayloads.Write(time, _seq++, new SparkplugMetric("Lit", true, 11, Lit), new SparkplugMetric("Power/Active", 100f, 9, Power)));
    }

    /// <summary>Reports the power, by alias. Returns the bytes.</summary>
    public async Task<byte[]> DataAsync(float power, long time, int skip = 0)
    {
        _seq += skip;
        byte[] payload = SparkplugPayloads.Write(time, _seq++ % 256, new SparkplugMetric(null, power, 0, Power));
        await SendAsync($"DDATA/{_name}/{Device}", payload);
        return payload;
    }

    /// <summary>Says that its cabinet is gone.</summary>
    public Task DeviceDeathAsync(long time) => SendAsync($"DDEATH/{_name}/{Device}", SparkplugPayloads.Write(time, _seq++));

    /// <summary>The next command, which must be the request for its births.</summary>
    public async Task ReceiveRebirthAsync()
    {
        (string topic, byte[] payload, bool retain) = await _peer.ReceiveBytesAsync();
        Assert.Equal(($"spBv1.0/changzhi/NCMD/{_name}", false), (topic, retain));
        Assert.Equal([("Node Control/Rebirth", true)], SparkplugPayloads.ReadCommand(payload));
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private async Task SendAsync(string rest, byte[] payload) => await _peer.PublishAsync($"spBv1.0/changzhi/{rest}", payload);
}
