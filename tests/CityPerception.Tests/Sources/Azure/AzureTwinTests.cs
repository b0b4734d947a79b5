using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Azure;

/// <summary>The topics that a device's SDK uses beside telemetry.</summary>
public sealed class AzureTwinTests(AzureServer server) : IClassFixture<AzureServer>
{
    private const string Responses = "$iothub/twin/res/#", Get = "$iothub/twin/GET/?$rid=", Patch = "$iothub/twin/PATCH/properties/reported/?$rid=";

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Twin_ReportedAndReadAgain_IsMergedWithItsVersion(MqttProtocolVersion version)
    {
        string device = server.NewDevice();
        await using (MqttPeer peer = await server.ConnectAsync(device, version: version))
        {
            await peer.SubscribeAsync(Responses);
            await ExpectAsync(peer, Get + "1", "", "$iothub/twin/res/200/?$rid=1", """{"desired":{"$version":1},"reported":{"$version":1}}""");
            await ExpectAsync(peer, Patch + "2", """{"fw":"1.0","net":{"rssi":-71,"apn":"cmnet"}}""", "$iothub/twin/res/204/?$rid=2&$version=2", "");
            await ExpectAsync(peer, Patch + "3", """{"fw":"1.1","net":{"rssi":-80,"apn":null}}""", "$iothub/twin/res/204/?$rid=3&$version=3", "");
        }

        await using MqttPeer again = await server.ConnectAsync(device, version: version);
        await again.SubscribeAsync(Responses);
        await ExpectAsync(again, Get + "a-4", "", "$iothub/twin/res/200/?$rid=a-4", """{"desired":{"$version":1},"reported":{"fw":"1.1","net":{"rssi":-80},"$version":3}}""");
    }

    [Fact]
    public async Task Twin_OfAnotherDevice_IsAnother()
    {
        string device = server.NewDevice();
        await using MqttPeer one = await server.ConnectAsync(device), module = await server.ConnectAsync($"{device}/{AzureServer.Module}");
        foreach (MqttPeer peer in (MqttPeer[])[one, module]) await peer.SubscribeAsync(Responses);
        await ExpectAsync(one, Patch + "1", """{"fw":"1.0"}""", "$iothub/twin/res/204/?$rid=1&$version=2", "");

        await ExpectAsync(module, Get + "1", "", "$iothub/twin/res/200/?$rid=1", """{"desired":{"$version":1},"reported":{"$version":1}}""");
    }

    [Theory]
    [InlineData("[1]", 400)]
    [InlineData("{", 400)]
    [InlineData("", 400)]
    [InlineData("""{"a":1,"a":2}""", 400)]
    [InlineData("""{"$version":9}""", 400)]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}""", 400)]
    [InlineData("large", 413)]
    public async Task Twin_ReportThatIsNone_ChangesNothing(string report, int status)
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.SubscribeAsync(Responses);
        await ExpectAsync(peer, Patch + "1", """{"fw":"1.0"}""", "$iothub/twin/res/204/?$rid=1&$version=2", "");
        await ExpectAsync(peer, Patch + "2", report == "large" ? $$"""{"x":"{{new string('x', 33_000)}}"}""" : report, $"$iothub/twin/res/{status}/?$rid=2", "");

        await ExpectAsync(peer, Get + "3", "", "$iothub/twin/res/200/?$rid=3", """{"desired":{"$version":1},"reported":{"fw":"1.0","$version":2}}""");
    }

    [Fact]
    public async Task Subscribe_AsTheSdkDoes_IsGranted()
    {
        string device = server.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, device, login: (AzureServer.User(device), AzureServer.Token(device))));
        ushort id = 0;
        foreach (string filter in (string[])[$"devices/{device}/messages/devicebound/#", "$iothub/methods/POST/#", Responses, "$iothub/twin/PATCH/properties/desired/#"])
        {
            await raw.SendAsync(RawMqtt.Subscribe(RawMqtt.V311, ++id, filter));
            Assert.Equal([0, (byte)id, 1], await raw.ReadAsync(0x90));
        }

        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, "$iothub/methods/res/200/?$rid=1", 9, "{}"));
        Assert.Equal(9, await raw.ReadPubAckAsync());
    }

    [Fact]
    public async Task Subscribe_DeviceBound_GetsWhatIsSentToIt()
    {
        string device = server.NewDevice(), topic = $"devices/{device}/messages/devicebound/%24.to=x";
        await using MqttPeer peer = await server.ConnectAsync(device), sender = await MqttPeer.ConnectAsync(server);
        await peer.SubscribeAsync($"devices/{device}/messages/devicebound/#");
        await sender.PublishAsync(topic, "reboot");

        Assert.Equal((topic, "reboot", false), await peer.ReceiveAsync());
    }

    private static async Task ExpectAsync(MqttPeer peer, string topic, string payload, string answerTopic, string answer)
    {
        await peer.PublishAsync(topic, payload);
        (string gotTopic, string got, _) = await peer.ReceiveAsync();
        Assert.Equal((answerTopic, answer), (gotTopic, got));
    }
}
