using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources;

/// <summary>Messages of sensors over MQTT: acknowledged, stored once, or refused with the reason.</summary>
public sealed class MqttPublishTests(CityServer server) : IClassFixture<CityServer>
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.ExactlyOnce)]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task Publish_GoodMessage_IsAcknowledgedAndCanBeQueried(MqttProtocolVersion version, MqttQualityOfServiceLevel qos)
    {
        string device = Air.NewDevice();
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server, version);
        MqttClientPublishResult result = await peer.PublishAsync(Air.Topic(device), Air.Message(device), qos);

        Assert.True(result.IsSuccess, result.ReasonString);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Publish_BadMessageByMqtt5_IsToldThePathAndKept()
    {
        string device = Air.NewDevice(), bad = Air.BadMessage(device);
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        MqttClientPublishResult result = await peer.PublishAsync(Air.Topic(device), bad);

        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, result.ReasonCode);
        Assert.StartsWith("type_mismatch: $.data.pm10: ", result.ReasonString, StringComparison.Ordinal);
        DeadLetter letter = Assert.Single(await server.LettersOfAsync(bad));
        Assert.Equal((RejectionReason.TypeMismatch, Air.Source, "mqtt", Air.Topic(device)), (letter.Reason, letter.Source, letter.Transport, letter.Topic));
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Fact]
    public async Task Publish_BadMessageByMqtt311_IsAcknowledgedAndKept()
    {
        string device = Air.NewDevice(), bad = Air.BadMessage(device);
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 7, bad));

        (byte first, byte[] body) = Assert.NotNull(await raw.ReadAsync());
        Assert.Equal((0x40, "0007"), (first, Convert.ToHexString(body))); // 3.1.1 has no more to say
        Assert.Equal("$.data.pm10", Assert.Single(await server.LettersOfAsync(bad)).Rejections[0].Path);
    }

    [Fact]
    public async Task Publish_PartlyBadBatch_IsAcknowledgedKeptAndTheRestStored()
    {
        string device = Air.NewDevice(), batch = $"[{Air.Message(device)},{Air.BadMessage(device)}]";
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        MqttClientPublishResult result = await peer.PublishAsync(Air.Topic(device), batch);

        Assert.True(result.IsSuccess, result.ReasonString);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
        Assert.Equal(1, Assert.Single(await server.LettersOfAsync(batch)).Rejections[0].Index);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Publish_TopicOfNoSourceAndNoSubscriber_IsKeptWithItsTopic(MqttProtocolVersion version)
    {
        string topic = $"factory/{Guid.NewGuid():N}", message = $"from {topic}";
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server, version);
        await peer.PublishAsync(topic, message);

        DeadLetter letter = Assert.Single(await server.LettersOfAsync(message));
        Assert.Equal((RejectionReason.SourceUnknown, topic), (letter.Reason, letter.Topic));
    }

    [Theory]
    [InlineData("$SYS/broker/uptime")]
    [InlineData("$share/g/city/aq/1/telemetry")]
    public async Task Publish_TopicOfTheBroker_IsRefused(string topic)
    {
        await using MqttPeer watcher = await MqttPeer.ConnectAsync(server), peer = await MqttPeer.ConnectAsync(server);
        await watcher.SubscribeAsync("$SYS/#");
        await watcher.SubscribeAsync("after/refusal");
        MqttClientPublishResult result = await peer.PublishAsync(topic, "1");

        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, result.ReasonCode);
        await peer.PublishAsync("after/refusal", "this is the first that arrives");
        Assert.Equal("after/refusal", (await watcher.ReceiveAsync()).Topic);
    }

    [Theory]
    [InlineData(77, "")] // never set
    [InlineData(101, "city/aq/1/telemetry")] // CONNACK allows 100
    public async Task Publish_TopicAliasThatIsNone_EndsTheConnection(int alias, string topic)
    {
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.V5);
        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, topic, 1, "{}", properties: [0x23, 0, (byte)alias]));

        Assert.Equal(0xE0, Assert.NotNull(await raw.ReadAsync()).First); // DISCONNECT, and no PUBACK before it
        Assert.Null(await raw.ReadAsync());
    }

    [Fact]
    public async Task Publish_AgainWithDup_LeavesOnePoint()
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        foreach (bool dup in (bool[])[false, true, true]) await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 5, Air.Message(device), dup));
        for (int i = 0; i < 3; i++) Assert.Equal(5, await raw.ReadPubAckAsync());

        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Publish_IdentifierReusedAfterItsAck_StoresBothMessages()
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        for (int i = 0; i < 3; i++)
        {
            await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 5, Air.Message(device, Air.TimeMs + i)));
            Assert.Equal(5, await raw.ReadPubAckAsync());
        }

        Assert.Equal(3, (await server.PointsOfAsync(device)).Count);
    }

    [Fact]
    public async Task Publish_SameMessageByMqttAndHttp_LeavesOnePoint()
    {
        string device = Air.NewDevice();
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        await peer.PublishAsync(Air.Topic(device), Air.Message(device));
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest/air-station", new StringContent(Air.Message(device)), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();

        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }
}
