using System.Text;
using CityPerception.Sources.Mqtt.Lane;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources;

/// <summary>The lane past the broker: a sender and a subscriber notice nothing of it but the speed.</summary>
public sealed class MqttLaneTests(CityServer server) : IClassFixture<CityServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RawMqtt.V311)]
    [InlineData(RawMqtt.V5)]
    public async Task Publish_LaneAndBrokerMixed_IsAcknowledgedInTheOrderOfArrival(byte version)
    {
        string device = Air.NewDevice(), other = $"elsewhere/{device}";
        await using MqttPeer subscriber = await MqttPeer.ConnectAsync(server);
        await subscriber.SubscribeAsync(other);
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, version);
        List<byte> packets = [];
        for (ushort id = 1; id <= 60; id++)
        {
            packets.AddRange((id % 4) switch
            {
                1 => RawMqtt.Publish(version, Air.Topic(device), id, Air.BadMessage(device)), // refused: the broker's way
                2 => RawMqtt.Publish(version, other, id, "no source has this"),
                _ => RawMqtt.Publish(version, Air.Topic(device), id, Air.Message(device, Air.TimeMs + id)),
            });
        }

        await raw.SendAsync(packets.ToArray());

        for (int id = 1; id <= 60; id++) Assert.Equal(id, await raw.ReadPubAckAsync());
        Assert.Equal(30, (await server.PointsOfAsync(device)).Count);
        Assert.Equal(15, (await server.LettersOfAsync(Air.BadMessage(device))).Length);
        for (int i = 0; i < 15; i++) Assert.Equal(other, (await subscriber.ReceiveAsync()).Topic);
    }

    [Fact]
    public async Task Publish_TopicWithWildcard_IsNotAcknowledged()
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);

        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, "city/aq/+/telemetry", 1, Air.Message(device)));

        Assert.Null(await raw.ReadAsync()); // 3.3.2.1: the connection is closed
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Fact]
    public async Task Publish_OneByteAtATime_IsTaken()
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        byte[] packets = [.. RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 1, Air.Message(device, 1_700_000_000_001)), .. RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 2, Air.Message(device, 1_700_000_000_002))];

        foreach (byte one in packets) await raw.SendAsync(new[] { one });

        Assert.Equal(1, await raw.ReadPubAckAsync());
        Assert.Equal(2, await raw.ReadPubAckAsync());
        Assert.Equal(2, (await server.PointsOfAsync(device)).Count);
    }

    [Fact]
    public async Task Publish_SubscriberComesAndGoes_GetsWhatIsSentMeanwhileAndEverythingIsStored()
    {
        string device = Air.NewDevice();
        await using MqttPeer sender = await MqttPeer.ConnectAsync(server);
        await sender.PublishAsync(Air.Topic(device), Air.Message(device, Air.TimeMs));
        await using (MqttPeer subscriber = await MqttPeer.ConnectAsync(server))
        {
            await subscriber.SubscribeAsync("city/aq/+/telemetry");
            await sender.PublishAsync(Air.Topic(device), Air.Message(device, Air.TimeMs + 1));
            (string topic, string payload, _) = await subscriber.ReceiveAsync();
            while (topic != Air.Topic(device)) (topic, payload, _) = await subscriber.ReceiveAsync(); // those of other tests
            Assert.Equal(Air.Message(device, Air.TimeMs + 1), payload);
        }

        await sender.PublishAsync(Air.Topic(device), Air.Message(device, Air.TimeMs + 2));

        Assert.Equal(3, (await server.PointsOfAsync(device)).Count);
    }

    [Fact]
    public async Task Publish_QualityZero_IsStoredAndNotAnswered()
    {
        string device = Air.NewDevice();
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);

        await peer.PublishAsync(Air.Topic(device), Air.Message(device), MqttQualityOfServiceLevel.AtMostOnce);
        await peer.PingAsync(); // answered after what came before

        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Publish_TopicAliasAlone_IsTheTopicItWasSetFor()
    {
        string device = Air.NewDevice();
        byte[] alias = [0x23, 0, 7];
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.V5);

        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 1, Air.Message(device, Air.TimeMs), properties: alias));
        for (ushort id = 2; id <= 5; id++) await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, "", id, Air.Message(device, Air.TimeMs + id), properties: alias));
        // The broker's way knows the alias as well: a bad message goes there.
        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, "", 6, Air.BadMessage(device), properties: alias));

        for (int id = 1; id <= 6; id++) Assert.Equal(id, await raw.ReadPubAckAsync());
        Assert.Equal(5, (await server.PointsOfAsync(device)).Count);
        Assert.Single(await server.LettersOfAsync(Air.BadMessage(device)));
    }

    [Fact]
    public async Task Publish_NothingElseForLongerThanKeepAlive_KeepsTheConnectionAndBringsNoPingAnswers()
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.OpenAsync(server.MqttPort);
        byte[] connect = RawMqtt.Connect(RawMqtt.V311, Guid.NewGuid().ToString("N"));
        connect[11] = 1; // keep alive: 1 s, so MQTTnet gives up after 1.5 s without a packet
        await raw.SendAsync(connect);
        Assert.Equal(0x20, (await raw.ReadAsync())!.Value.First);

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (ushort id = 1; id <= 20; id++)
        {
            await pace.WaitForNextTickAsync(Ct);
            await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), id, Air.Message(device, Air.TimeMs + id)));
            Assert.Equal(id, await raw.ReadPubAckAsync());
        }

        Assert.Equal(20, (await server.PointsOfAsync(device)).Count);
    }

    [Theory]
    [InlineData(RawMqtt.V311)]
    [InlineData(RawMqtt.V5)]
    public void TryRead_BodyCutAnywhere_ReadsNothingThatIsNotThere(byte version)
    {
        byte[] packet = RawMqtt.Publish(version, "city/aq/AQ-1/telemetry", 7, "payload", properties: version == RawMqtt.V5 ? [0x23, 0, 9, 0x01, 1] : null);
        byte[] body = packet[2..];

        Assert.True(PublishFrame.TryRead(packet[0], body, version == RawMqtt.V5, out PublishFrame whole));
        Assert.Equal("city/aq/AQ-1/telemetry", Encoding.UTF8.GetString(whole.Topic));
        Assert.Equal("payload", Encoding.UTF8.GetString(whole.Payload));
        Assert.Equal((1, 7, version == RawMqtt.V5 ? 9 : 0), (whole.Qos, whole.PacketId, whole.Alias));
        for (int length = 0; length < body.Length - "payload".Length; length++)
            Assert.False(PublishFrame.TryRead(packet[0], body.AsSpan(0, length), version == RawMqtt.V5, out _));
    }
}
