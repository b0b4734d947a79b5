using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources;

/// <summary>What the broker is to those who use it as a broker.</summary>
public sealed class MqttBrokerTests(CityServer server) : IClassFixture<CityServer>
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Subscriber_OfAnIngestTopic_GetsWhatIsAlsoStored(MqttProtocolVersion version)
    {
        string device = Air.NewDevice();
        await using MqttPeer subscriber = await MqttPeer.ConnectAsync(server, version), sensor = await MqttPeer.ConnectAsync(server, version);
        await subscriber.SubscribeAsync($"city/aq/{device}/#");
        await sensor.PublishAsync(Air.Topic(device), Air.Message(device));

        Assert.Equal((Air.Topic(device), Air.Message(device), false), await subscriber.ReceiveAsync());
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Subscriber_OfATopicWithoutSource_GetsTheMessageAndNoLetterIsKept()
    {
        string topic = $"chat/{Guid.NewGuid():N}", message = $"hello {topic}";
        await using MqttPeer subscriber = await MqttPeer.ConnectAsync(server), other = await MqttPeer.ConnectAsync(server);
        await subscriber.SubscribeAsync(topic);
        await other.PublishAsync(topic, message);

        Assert.Equal(message, (await subscriber.ReceiveAsync()).Payload);
        Assert.Empty(await server.LettersOfAsync(message));
    }

    [Fact]
    public async Task Will_OfAClientThatBreaksOff_ReachesSubscribers()
    {
        string topic = $"status/{Guid.NewGuid():N}";
        await using MqttPeer subscriber = await MqttPeer.ConnectAsync(server);
        await subscriber.SubscribeAsync(topic);
        await using (await MqttPeer.ConnectAsync(server, more: b => b.WithWillTopic(topic).WithWillPayload("offline").WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce))) { }

        Assert.Equal("offline", (await subscriber.ReceiveAsync()).Payload);
    }

    [Fact]
    public async Task Connect_ByMqtt5WithoutName_IsToldTheNameItGetsAndTheLimits()
    {
        await using RawMqtt raw = await RawMqtt.OpenAsync(server.MqttPort);
        await raw.SendAsync(RawMqtt.Connect(RawMqtt.V5, ""));

        (byte first, byte[] body) = Assert.NotNull(await raw.ReadAsync());
        Assert.Equal((0x20, 0), (first, body[1]));
        string properties = Convert.ToHexString(body);
        Assert.Contains("120020", properties, StringComparison.Ordinal); // assigned client identifier, of 32 letters
        Assert.Contains("2700040000", properties, StringComparison.Ordinal); // maximum packet size: 256 KiB
        Assert.Contains("220064", properties, StringComparison.Ordinal); // topic alias maximum: 100
    }

    [Fact]
    public async Task TakeOver_OfASession_EndsTheOldConnectionAndTheNewOneWorks()
    {
        string device = Air.NewDevice();
        await using MqttPeer first = await MqttPeer.ConnectAsync(server, more: b => b.WithClientId(device));
        await using MqttPeer second = await MqttPeer.ConnectAsync(server, more: b => b.WithClientId(device));

        Assert.Equal(MqttClientDisconnectReason.SessionTakenOver, await first.DisconnectedAsync());
        Assert.True((await second.PublishAsync(Air.Topic(device), Air.Message(device))).IsSuccess);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }
}
