using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources.Access;

/// <summary>What a device may send and hear: its own topics only.</summary>
public sealed class AccessTopicTests(AccessServer server) : IClassFixture<AccessServer>
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311, false)]
    [InlineData(MqttProtocolVersion.V500, false)]
    [InlineData(MqttProtocolVersion.V311, true)]
    [InlineData(MqttProtocolVersion.V500, true)]
    public async Task Publish_ToAnothersTopic_IsADeadLetterThatNobodyHears(MqttProtocolVersion version, bool retain)
    {
        (string device, string password) = await server.AddAsync();
        (string other, string othersPassword) = await server.AddAsync();
        await using MqttPeer victim = await server.ConnectAsync(other, othersPassword);
        if (!retain) await victim.SubscribeAsync(Air.Topic(other));
        await using MqttPeer peer = await server.ConnectAsync(device, password, version);

        MqttClientPublishResult refused = await peer.PublishAsync(Air.Topic(other), Air.Message(other), retain: retain);
        MqttClientPublishResult own = await peer.PublishAsync(Air.Topic(device), Air.Message(device), retain: retain);

        Assert.Equal(version == MqttProtocolVersion.V500 ? MqttClientPublishReasonCode.NotAuthorized : MqttClientPublishReasonCode.Success, refused.ReasonCode); // 3.1.1 cannot say it
        Assert.True(own.IsSuccess);
        DeadLetter letter = Assert.Single(await server.LettersOfAsync(Air.Message(other)));
        Assert.Equal((RejectionReason.SenderForeign, Air.Topic(other)), (Assert.Single(letter.Rejections).Reason, letter.Topic));
        Assert.Empty(await server.PointsOfAsync(other));
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);

        if (retain) await victim.SubscribeAsync(Air.Topic(other));
        await victim.PublishAsync(Air.Topic(other), Air.Message(other, Air.TimeMs + 1)); // its own comes first if the other's does not come
        Assert.Equal(Air.Message(other, Air.TimeMs + 1), (await victim.ReceiveAsync()).Payload);
    }

    [Theory]
    [InlineData(0, MqttQualityOfServiceLevel.ExactlyOnce)]
    [InlineData(1, MqttQualityOfServiceLevel.AtLeastOnce)] // by an alias
    public async Task Publish_ToAnothersTopicInAWayThatCannotBeAnswered_EndsTheConnection(ushort alias, MqttQualityOfServiceLevel qos)
    {
        (string device, string password) = await server.AddAsync();
        string other = Air.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device, password);
        await Assert.ThrowsAnyAsync<Exception>(() => peer.PublishAsync(Air.Topic(other), "{}"u8.ToArray(), qos, alias: alias));
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await peer.DisconnectedAsync());
    }

    [Fact]
    public async Task Publish_ByAnAliasOfItsOwnTopic_IsStored()
    {
        (string device, string password) = await server.AddAsync();
        await using MqttPeer peer = await server.ConnectAsync(device, password);
        await peer.PublishAsync(Air.Topic(device), System.Text.Encoding.UTF8.GetBytes(Air.Message(device, 1_700_000_000_001)), alias: 1);
        await peer.PublishAsync("", System.Text.Encoding.UTF8.GetBytes(Air.Message(device, 1_700_000_000_002)), alias: 1);
        Assert.Equal(2, (await server.PointsOfAsync(device)).Count);
    }

    [Theory]
    [InlineData("city/aq/{0}/telemetry", true)]
    [InlineData("city/aq/{0}/#", true)]
    [InlineData("{0}/+/config", true)]
    [InlineData("devices/{0}/messages/devicebound/#", true)]
    [InlineData("$iothub/twin/res/#", true)]
    [InlineData("#", false)]
    [InlineData("city/#", false)]
    [InlineData("city/+/{0}/telemetry", false)]
    [InlineData("+/{0}", false)]
    [InlineData("city/aq/{0}x/telemetry", false)]
    [InlineData("city/aq/other/telemetry", false)]
    [InlineData("$share/group/city/{0}/#", false)] // the broker has no shared subscriptions, for anybody
    [InlineData("$share/{0}/city/#", false)]
    [InlineData("$SYS/#", false)]
    [InlineData("devices/other/messages/devicebound/#", false)]
    public async Task Subscribe_ToAFilter_IsGrantedOnlyWithinItsOwnTopics(string filter, bool isGranted)
    {
        (string device, string password) = await server.AddAsync();
        foreach ((byte version, byte refused) in ((byte, byte)[])[(RawMqtt.V311, 0x80), (RawMqtt.V5, filter.StartsWith("$share", StringComparison.Ordinal) ? (byte)0x9E : (byte)0x87)])
        {
            await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(version, RawMqtt.NewName(), login: (device, password)));
            await raw.SendAsync(RawMqtt.Subscribe(version, 1, filter.Replace("{0}", device, StringComparison.Ordinal)));
            Assert.Equal(isGranted ? 1 : refused, (await raw.ReadAsync(0x90))[^1]);
        }
    }

    [Fact]
    public async Task Will_OnItsOwnTopic_IsStoredWhenItGoesWithoutAWord()
    {
        (string device, string password) = await server.AddAsync();
        await using (await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, RawMqtt.NewName(), will: (Air.Topic(device), Air.Message(device)), login: (device, password))))
        {
        }

        await TestKit.Until.TrueAsync("the will is stored", async () => (await server.PointsOfAsync(device)).Count == 1, TestContext.Current.CancellationToken);
    }
}
