using System.Net.WebSockets;
using System.Text;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;

namespace CityPerception.Tests.Sources;

/// <summary>What strangers and broken devices may not do.</summary>
public sealed class MqttLimitsTests(MqttLimitsTests.ImpatientServer server) : IClassFixture<MqttLimitsTests.ImpatientServer>
{
    /// <summary>Waits a second for a CONNECT, and for a client to take what it is sent.</summary>
    public sealed class ImpatientServer : WireServer
    {
        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Mqtt:ConnectTimeout", "00:00:01"), ("Mqtt:SendTimeout", "00:00:01")];
    }

    private static readonly byte[] Claim256MiB = [0x30, 0xFF, 0xFF, 0xFF, 0x7F];

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Packet_AnnouncedBeyondTheLimit_EndsTheConnectionBeforeItIsSent(Wire wire, byte version)
    {
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);
        await raw.SendAsync((byte[])[0x32, .. RawMqtt.Length(300 << 10)]); // and not one byte of it

        if (version == RawMqtt.V5)
            Assert.Equal(0x95, (await raw.ReadAsync(0xE0))[0]); // DISCONNECT: packet too large
        Assert.Null(await raw.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Packet_JustWithinTheLimit_IsTaken(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        string message = Air.Message(device).PadRight((256 << 10) - 100);
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);
        await raw.SendAsync(RawMqtt.Publish(version, Air.Topic(device), 1, message));

        Assert.Equal(1, await raw.ReadPubAckAsync());
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Connect_AnnouncedLongerThan64KiB_EndsTheConnection(Wire wire)
    {
        await using RawMqtt raw = await RawMqtt.OpenAsync(server, wire);
        await raw.SendAsync((byte[])[0x10, .. RawMqtt.Length(65 << 10)]);
        Assert.Null(await raw.ReadAsync());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("\u0010\u0002xx")] // a CONNECT that is none
    [InlineData("\u0010\u000a\0\u0004MQTX\u0004\u0002\0\u0001")] // of another protocol
    [InlineData("\u0030\u0003\0\u0001a")] // a PUBLISH before the CONNECT
    [InlineData("\0\0\0\0\0\0\0\0")]
    public async Task Garbage_InsteadOfConnect_EndsTheConnection(string garbage)
    {
        await using RawMqtt raw = await RawMqtt.OpenAsync(server.MqttPort);
        await raw.SendAsync(Encoding.Latin1.GetBytes(garbage));
        while (await raw.ReadAsync() is { } answer) Assert.Equal(0x20, answer.First); // a CONNACK may say why
    }

    [Theory]
    [InlineData(new byte[] { 0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // a length of five bytes
    [InlineData(new byte[] { 0x36, 0x04, 0, 1, (byte)'a', 0 })] // QoS 3
    [InlineData(new byte[] { 0x32, 0x02, 0, 9 })] // a topic longer than its packet
    [InlineData(new byte[] { 0x00, 0x00 })] // a packet of no type
    [InlineData(new byte[] { 0xF0, 0x00 })]
    public async Task Garbage_AfterConnect_EndsTheConnection(byte[] garbage)
    {
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        await raw.SendAsync(garbage);
        Assert.Null(await raw.ReadAsync());
    }

    [Fact]
    public async Task Silence_LongerThanTheConnectTimeout_EndsTheConnection()
    {
        await Task.WhenAll(Enum.GetValues<Wire>().SelectMany(wire => ((byte[][])[[], [0x10], [0x10, 0x20, 0, 4, (byte)'M']]).Select(async soFar =>
        {
            await using RawMqtt raw = await RawMqtt.OpenAsync(server, wire);
            await raw.SendAsync(soFar);
            Assert.Null(await raw.ReadAsync());
        })));
    }

    [Fact]
    public async Task Silence_InsteadOfTheTlsHandshake_EndsTheConnection()
    {
        await using RawMqtt raw = await RawMqtt.OpenAsync(server.MqttsPort);
        Assert.Null(await raw.ReadAsync());
    }

    [Fact]
    public async Task Connected_SilentLongerThanTheConnectTimeout_StaysConnected()
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        await using RawMqtt silent = await RawMqtt.OpenAsync(server.MqttPort);
        Assert.Null(await silent.ReadAsync()); // the timeout has passed

        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 1, Air.Message(device)));
        Assert.Equal(1, await raw.ReadPubAckAsync());
    }

    [Theory]
    [MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Subscriber_ThatReadsNothing_IsClosedAndNobodyWaitsForIt(Wire wire)
    {
        string name = RawMqtt.NewName(), topic = $"pictures/{name}", picture = new('x', 250_000);
        await using RawMqtt deaf = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(RawMqtt.V5, name));
        await deaf.SendAsync(RawMqtt.Subscribe(RawMqtt.V5, 1, topic, qos: 0));
        await deaf.ReadAsync(0x90);
        await using RawMqtt sender = await RawMqtt.ConnectAsync(server, Wire.Tcp, RawMqtt.V5);
        for (ushort id = 1; id <= 100; id++)
        {
            await sender.SendAsync(RawMqtt.Publish(RawMqtt.V5, topic, id, picture));
            Assert.Equal(id, await sender.ReadPubAckAsync());
        }

        await Until.TrueAsync("the connection is closed", async () =>
        {
            try
            {
                await deaf.SendAsync((byte[])[0xC0, 0]);
                return false;
            }
            catch (Exception e) when (e is IOException or WebSocketException)
            {
                return true;
            }
        }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Claims_Of256MiBByAHundredConnections_TakeNoMemory()
    {
        int port = FreePort.Take();
        (CliProcess process, _) = await CliProcess.ServeAsync("--config", RepositoryFolder.Find("ingest-configs"), "--set", $"Mqtt:Port={port}");
        await using (process)
        {
            await using (await RawMqtt.ConnectAsync(port)) { } // so that what is made once is made
            long before = process.ResidentBytes;
            List<RawMqtt> claimants = [];
            try
            {
                for (int i = 0; i < 100; i++)
                {
                    // One half are strangers, the other half have connected.
                    RawMqtt raw = await (i % 2 == 0 ? RawMqtt.OpenAsync(port) : RawMqtt.ConnectAsync(port));
                    claimants.Add(raw);
                    await raw.SendAsync(i % 2 == 0 ? [0x10, .. Claim256MiB[1..]] : Claim256MiB);
                }

                foreach (RawMqtt raw in claimants) Assert.Null(await raw.ReadAsync());
                long grown = process.ResidentBytes - before;
                Assert.True(grown < 64 << 20, $"grew by {grown >> 20} MiB");
            }
            finally
            {
                foreach (RawMqtt raw in claimants) await raw.DisposeAsync();
            }
        }
    }
}
