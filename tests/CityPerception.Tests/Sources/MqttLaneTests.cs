using System.Text;
using CityPerception.Sources.Mqtt.Lane;

namespace CityPerception.Tests.Sources;

/// <summary>The lane past the broker: a sender and a subscriber notice nothing of it but the speed, whichever way they come.</summary>
public sealed class MqttLaneTests(WireServer server) : IClassFixture<WireServer>
{
    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_LaneAndBrokerMixed_IsAcknowledgedInTheOrderOfArrival(Wire wire, byte version)
    {
        string device = Air.NewDevice(), other = $"elsewhere/{device}";
        await using MqttPeer subscriber = await MqttPeer.ConnectAsync(server);
        await subscriber.SubscribeAsync(other);
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);
        List<byte> packets = [];
        for (ushort id = 1; id <= 60; id++)
        {
            packets.AddRange((id % 4) switch
            {
                1 => RawMqtt.Publish(version, Air.Topic(device), id, Air.BadMessage(device)),
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

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_TopicWithWildcard_IsNotAcknowledged(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);

        await raw.SendAsync(RawMqtt.Publish(version, "city/aq/+/telemetry", 1, Air.Message(device)));

        if (version == RawMqtt.V5) Assert.Equal(0x81, (await raw.ReadAsync(0xE0))[0]); // malformed packet
        Assert.Null(await raw.ReadAsync()); // 3.3.2.1: the connection is closed
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_SubscriberComesAndGoes_GetsWhatIsSentMeanwhileAndEverythingIsStored(Wire wire, byte version)
    {
        string device = Air.NewDevice(), topic = Air.Topic(device);
        await using RawMqtt sender = await RawMqtt.ConnectAsync(server, wire, version);
        await sender.SendAsync(RawMqtt.Publish(version, topic, 1, Air.Message(device)));
        Assert.Equal(1, await sender.ReadPubAckAsync());

        await using (RawMqtt subscriber = await RawMqtt.ConnectAsync(server, wire, version))
        {
            await subscriber.SendAsync(RawMqtt.Subscribe(version, 9, topic));
            await subscriber.ReadAsync(0x90);
            await sender.SendAsync(RawMqtt.Publish(version, topic, 2, Air.Message(device, Air.TimeMs + 1)));
            Assert.Equal(2, await sender.ReadPubAckAsync());
            Assert.EndsWith(Air.Message(device, Air.TimeMs + 1), Encoding.UTF8.GetString(await subscriber.ReadAsync(0x32)), StringComparison.Ordinal);
        }

        await sender.SendAsync(RawMqtt.Publish(version, topic, 3, Air.Message(device, Air.TimeMs + 2)));
        Assert.Equal(3, await sender.ReadPubAckAsync());
        Assert.Equal(3, (await server.PointsOfAsync(device)).Count);
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_Retained_ReachesWhoeverSubscribesLaterAndIsStored(Wire wire, byte version)
    {
        string device = Air.NewDevice(), topic = Air.Topic(device);
        await using RawMqtt sender = await RawMqtt.ConnectAsync(server, wire, version);
        await sender.SendAsync((byte[])
        [
            .. RawMqtt.Publish(version, topic, 1, Air.Message(device, Air.TimeMs)),
            .. RawMqtt.Publish(version, topic, 2, Air.Message(device, Air.TimeMs + 1), retain: true),
            .. RawMqtt.Publish(version, topic, 3, Air.Message(device, Air.TimeMs + 2)),
        ]);
        for (int id = 1; id <= 3; id++) Assert.Equal(id, await sender.ReadPubAckAsync());

        await using RawMqtt late = await RawMqtt.ConnectAsync(server, wire, version);
        await late.SendAsync(RawMqtt.Subscribe(version, 1, topic));
        Dictionary<byte, byte[]> answers = []; // in either order (3.8.4)
        while (answers.Count < 2 && await late.ReadAsync() is var (first, body)) answers.Add(first, body);
        Assert.Equal((byte[])[0x33, 0x90], answers.Keys.Order());
        Assert.EndsWith(Air.Message(device, Air.TimeMs + 1), Encoding.UTF8.GetString(answers[0x33]), StringComparison.Ordinal);
        Assert.Equal(3, (await server.PointsOfAsync(device)).Count);
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_QualityZero_IsStoredAndNotAnswered(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);

        await raw.SendAsync((byte[])[.. RawMqtt.Publish(version, Air.Topic(device), 0, Air.Message(device), qos: 0), 0xC0, 0]);
        await raw.ReadAsync(0xD0); // the ping, which came after it, is answered first

        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_QualityTwo_GoesItsFourStepsAndIsStoredOnce(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);

        await raw.SendAsync(RawMqtt.Publish(version, Air.Topic(device), 7, Air.Message(device), qos: 2));
        Assert.Equal([0, 7], (await raw.ReadAsync(0x50))[..2]);
        await raw.SendAsync(RawMqtt.Identified(0x62, 7));
        Assert.Equal([0, 7], (await raw.ReadAsync(0x70))[..2]);

        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Publish_TopicAliasAlone_IsTheTopicItWasSetFor(Wire wire)
    {
        string device = Air.NewDevice();
        byte[] alias = [0x23, 0, 7];
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, RawMqtt.V5);

        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 1, Air.Message(device, Air.TimeMs), properties: alias));
        for (ushort id = 2; id <= 5; id++) await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, "", id, Air.Message(device, Air.TimeMs + id), properties: alias));
        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, "", 6, Air.BadMessage(device), properties: alias));
        // The broker's way knows the alias as well: a retained message goes there.
        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, "", 7, Air.Message(device, Air.TimeMs + 7), properties: alias, retain: true));

        for (int id = 1; id <= 7; id++) Assert.Equal(id, await raw.ReadPubAckAsync());
        Assert.Equal(6, (await server.PointsOfAsync(device)).Count);
        Assert.Equal(Air.Topic(device), Assert.Single(await server.LettersOfAsync(Air.BadMessage(device))).Topic);
    }

    [Theory]
    [InlineData(new byte[] { }, true)]
    [InlineData(new byte[] { 0x17, 1 }, true)]
    [InlineData(new byte[] { 0x17, 0 }, false)] // 3.1.2.11.7: it wants no problem information
    [InlineData(new byte[] { 0x27, 0, 0, 0, 60 }, false)] // 3.4.2.2.2: the reason would make the packet larger than it takes
    public async Task Publish_Refused_IsToldTheReasonInWordsWhereItIsWanted(byte[] properties, bool inWords)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, Wire.Tcp, RawMqtt.Connect(RawMqtt.V5, device, properties: properties));
        foreach ((int qos, byte answer) in ((int, byte)[])[(1, 0x40), (2, 0x50)])
        {
            await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 1, Air.BadMessage(device), qos: qos));
            byte[] body = await raw.ReadAsync(answer);
            Assert.Equal(0x99, body[2]); // payload format invalid
            Assert.Equal(inWords, Encoding.UTF8.GetString(body).Contains("type_mismatch: $.data.pm10: ", StringComparison.Ordinal));
        }
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
