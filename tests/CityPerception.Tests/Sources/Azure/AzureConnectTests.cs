using CityPerception.Storage.DeadLetters;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Azure;

/// <summary>Who may connect as a device, and what it may then say under which name.</summary>
public sealed class AzureConnectTests(AzureServer server) : IClassFixture<AzureServer>
{
    private const string Noise = """{"ts":"2025-11-24T01:30:00Z","leq":57.9,"lmax":82.1}""";

    [Theory]
    [InlineData("{0}/{1}/?api-version=2021-04-12")]
    [InlineData("{0}/{1}/?api-version=2018-06-30&DeviceClientType=py-azure-iot-device")]
    [InlineData("{0}/{1}/api-version=2016-11-14")] // of old
    [InlineData("{0}/{1}?api-version=2021-04-12")]
    public async Task Connect_UserNameInEachForm_SendsTelemetry(string user)
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device, user.Replace("{0}", AzureServer.Host, StringComparison.Ordinal).Replace("{1}", device, StringComparison.Ordinal));
        await peer.PublishAsync($"devices/{device}/messages/events/", Noise);

        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(device, "noise")).Fields["leq"]);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("expired")]
    [InlineData("milliseconds")]
    [InlineData("stranger")]
    [InlineData("other's token")]
    [InlineData("client id")]
    [InlineData("no token")]
    [InlineData("module's token")]
    public async Task Connect_WithWhatIsWrong_IsNotAuthorised(string wrong)
    {
        string device = server.NewDevice(), other = server.NewDevice();
        string name = wrong == "stranger" ? "nobody" : device;
        string token = wrong switch
        {
            "signature" => AzureServer.Token(name, keyOf: other),
            "expired" => AzureServer.Token(name, AzureServer.In(TimeSpan.FromSeconds(-11))), // the skew of this server is 10 s
            "milliseconds" => AzureServer.Token(name, AzureServer.In(TimeSpan.FromHours(1)) * 1000),
            "other's token" => AzureServer.Token(other),
            "no token" => "letmein",
            "module's token" => AzureServer.Token($"{name}/{AzureServer.Module}"),
            _ => AzureServer.Token(name),
        };
        foreach ((byte version, byte code) in ((byte, byte)[])[(RawMqtt.V311, 5), (RawMqtt.V5, 0x87)]) // not authorised, as each has it
        {
            await using RawMqtt raw = await RawMqtt.OpenAsync(server.MqttPort);
            await raw.SendAsync(RawMqtt.Connect(version, wrong == "client id" ? other : name, login: (AzureServer.User(name), token)));

            Assert.Equal(code, (await raw.ReadAsync(0x20))[1]);
            Assert.Null(await raw.ReadAsync());
        }
    }

    [Fact]
    public async Task Connect_Refused_LeavesTheConnectedDeviceAlone()
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device);
        await using RawMqtt thief = await RawMqtt.OpenAsync(server.MqttPort);
        await thief.SendAsync(RawMqtt.Connect(RawMqtt.V311, device, login: (AzureServer.User(device), "guess")));
        await thief.ReadToEndAsync();

        await peer.PublishAsync($"devices/{device}/messages/events/", Noise);
        Assert.Single(await server.PointsOfAsync(device, "noise"));
    }

    [Fact]
    public async Task Connect_WillUnderAnotherName_IsNotAuthorised()
    {
        string device = server.NewDevice(), other = server.NewDevice();
        await using RawMqtt raw = await RawMqtt.OpenAsync(server.MqttPort);
        await raw.SendAsync(RawMqtt.Connect(RawMqtt.V311, device, will: ($"devices/{other}/messages/events/", Noise), login: (AzureServer.User(device), AzureServer.Token(device))));

        Assert.Equal(5, (await raw.ReadAsync(0x20))[1]);
    }

    [Fact]
    public async Task Connect_TokenThatEndsSoon_IsEndedWithIt()
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device, token: AzureServer.Token(device, AzureServer.In(TimeSpan.FromSeconds(1))));

        await peer.DisconnectedAsync(); // fails if it is not by then
    }

    [Fact]
    public async Task Connect_AsAModule_SendsUnderTheModulesNameOnly()
    {
        string device = server.NewDevice(), module = $"{device}/{AzureServer.Module}", wrong = Noise.Replace("57.9", "41.0", StringComparison.Ordinal);
        await using MqttPeer peer = await server.ConnectAsync(module);
        await peer.PublishAsync($"devices/{device}/modules/{AzureServer.Module}/messages/events/kind=noise", Noise);
        await peer.PublishAsync($"devices/{device}/messages/events/", wrong);

        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(device, "noise")).Fields["leq"]);
        Assert.Single(await server.LettersOfAsync(wrong));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // nor may a client that is no device
    public async Task Publish_UnderAnotherName_IsAcknowledgedAndADeadLetter(bool isDevice)
    {
        string device = server.NewDevice(), other = server.NewDevice(), topic = $"devices/{other}/messages/events/kind=noise";
        string message = Noise.Replace("}", $",\"by\":\"{device}\"}}", StringComparison.Ordinal);
        await using MqttPeer subscriber = await MqttPeer.ConnectAsync(server);
        await subscriber.SubscribeAsync($"devices/{other}/messages/events/#");
        await using MqttPeer peer = isDevice ? await server.ConnectAsync(device) : await MqttPeer.ConnectAsync(server, MqttProtocolVersion.V311);
        await peer.PublishAsync(topic, message);

        DeadLetter letter = Assert.Single(await server.LettersOfAsync(message));
        Assert.Equal(Core.Observations.RejectionReason.SenderForeign, letter.Rejections[0].Reason);
        Assert.Equal("noise", letter.Properties!["kind"]);
        Assert.Empty(await server.PointsOfAsync(other, "noise"));
        await using MqttPeer owner = await server.ConnectAsync(other);
        await owner.PublishAsync($"devices/{other}/messages/events/", Noise);
        Assert.Equal(Noise, (await subscriber.ReceiveAsync()).Payload); // and the other never came
    }
}
