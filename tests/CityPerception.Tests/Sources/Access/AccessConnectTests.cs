using System.Globalization;
using System.Text;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Tests.Sources.Azure;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Access;

/// <summary>Who is let in where credentials are required, and what the others are told.</summary>
public sealed class AccessConnectTests(AccessServer server) : IClassFixture<AccessServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // MQTT 3.1.1, 3.2.2.3: 4 is a bad user name or password, 5 not authorised. MQTT 5.0, 3.2.2.2: 0x86 and 0x87.
    [Theory]
    [InlineData("right", 0, 0)]
    [InlineData("own will", 0, 0)]
    [InlineData("nothing", 5, 0x87)]
    [InlineData("empty password", 5, 0x87)]
    [InlineData("wrong password", 4, 0x86)]
    [InlineData("other's password", 4, 0x86)]
    [InlineData("stranger", 4, 0x86)]
    [InlineData("other case", 4, 0x86)]
    [InlineData("disabled", 4, 0x86)]
    [InlineData("key but no password", 4, 0x86)]
    [InlineData("other's will", 5, 0x87)]
    [InlineData("other's will of the dialect", 5, 0x87)]
    public async Task Connect_ByWhatItShows_IsToldWhatTheTableSays(string shows, byte v311, byte v5)
    {
        foreach ((byte version, byte code) in ((byte, byte)[])[(RawMqtt.V311, v311), (RawMqtt.V5, v5)])
        {
            (string device, string password) = await server.AddAsync();
            (string other, string othersPassword) = await server.AddAsync();
            if (shows == "disabled") await server.Registry.SetDisabledAsync(device, true, Ct);
            (string User, string Password)? login = shows switch
            {
                "nothing" => null,
                "empty password" => (device, ""),
                "wrong password" => (device, password + "x"),
                "other's password" => (device, othersPassword),
                "stranger" => (Air.NewDevice(), password),
                "other case" => (device.ToLowerInvariant(), password),
                "key but no password" => ((await server.AddWithKeyAsync()).Device, password),
                _ => (device, password),
            };
            (string, string)? will = shows switch
            {
                "own will" => (Air.Topic(device), "gone"),
                "other's will" => (Air.Topic(other), "gone"),
                "other's will of the dialect" => ($"devices/{other}/messages/events/", "gone"),
                _ => null,
            };

            Assert.Equal(code, await server.TryConnectAsync(version, RawMqtt.NewName(), login, will));
        }
    }

    [Fact]
    public async Task Connect_WithAPasswordAndNoUserName_IsTheDeviceOfTheClientId()
    {
        (string device, string password) = await server.AddAsync();
        // MQTT 5.0, 3.1.2.9: a password without a user name, which few clients can send.
        byte[] connect = RawMqtt.Packet(0x10, [0, 4, .. "MQTT"u8, RawMqtt.V5, 0x42, 0, 60, 0, 0, (byte)device.Length, .. Encoding.UTF8.GetBytes(device), 0, (byte)password.Length, .. Encoding.UTF8.GetBytes(password)]);
        await using RawMqtt peer = await RawMqtt.ConnectAsync(server.MqttPort, connect);
        await peer.SendAsync(RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 1, Air.Message(device)));
        Assert.Equal(1, await peer.ReadPubAckAsync());
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Connect_AfterARotation_OldAndNewAreTakenUntilTheNext()
    {
        (string device, string first) = await server.AddAsync();
        Assert.Equal(0, await ConnectAsync(first));
        string second = await RotateAsync();
        Assert.Equal((0, 0, 0), (await ConnectAsync(first), await ConnectAsync(second), await ConnectAsync(first)));
        string third = await RotateAsync();
        Assert.Equal((4, 0, 0), (await ConnectAsync(first), await ConnectAsync(second), await ConnectAsync(third)));

        Task<byte> ConnectAsync(string password) => server.TryConnectAsync(RawMqtt.V311, RawMqtt.NewName(), (device, password));

        async Task<string> RotateAsync()
        {
            string password = DeviceSecrets.MakePassword();
            await server.Registry.RotateAsync(device, new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(password, isMade: true)), dropsOld: false, Ct);
            return password;
        }
    }

    [Fact]
    public async Task Connect_ThreeTimesWrong_IsLockedOutAndOthersAreNot()
    {
        (string device, string password) = await server.AddAsync();
        for (int i = 0; i < 3; i++) Assert.Equal(0x86, await server.TryConnectAsync(RawMqtt.V5, RawMqtt.NewName(), (device, "guess")));

        Assert.Equal(0x9F, await server.TryConnectAsync(RawMqtt.V5, RawMqtt.NewName(), (device, password))); // too many (MQTT 5.0, 3.2.2.2)
        Assert.Equal(5, await server.TryConnectAsync(RawMqtt.V311, RawMqtt.NewName(), (device, password)));
        (string other, string others) = await server.AddAsync();
        Assert.Equal(0, await server.TryConnectAsync(RawMqtt.V5, RawMqtt.NewName(), (other, others)));
    }

    [Fact]
    public async Task Connect_RightInBetween_ForgetsWhatWasWrong()
    {
        (string device, string password) = await server.AddAsync();
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(4, await server.TryConnectAsync(RawMqtt.V311, RawMqtt.NewName(), (device, "guess")));
            Assert.Equal(0, await server.TryConnectAsync(RawMqtt.V311, RawMqtt.NewName(), (device, password)));
        }
    }

    [Fact]
    public async Task Connect_WithTheClientIdOfAnother_TakesNothingOver()
    {
        (string device, string password) = await server.AddAsync();
        (string thief, string thiefs) = await server.AddAsync();
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server, MqttProtocolVersion.V311, o => o.WithClientId(device).WithCredentials(device, password));
        Assert.Equal(0, await server.TryConnectAsync(RawMqtt.V311, device, (thief, thiefs)));
        await peer.PublishAsync(Air.Topic(device), Air.Message(device));
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{0}/noise")] // a module
    public async Task Connect_WithATokenByAKeyOfTheRegistry_SendsTelemetry(string form)
    {
        string gateway = Air.NewDevice(), name = string.Format(CultureInfo.InvariantCulture, form, gateway);
        (_, byte[] key) = await server.AddWithKeyAsync(name);
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server, MqttProtocolVersion.V311, o => o.WithClientId(name).WithCredentials(AzureServer.User(name), AzureServer.Token(name, key)));
        await peer.PublishAsync($"devices/{name.Replace("/", "/modules/", StringComparison.Ordinal)}/messages/events/", """{"ts":"2025-11-24T01:30:00Z","leq":57.9,"lmax":82.1}""");
        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(gateway, "noise")).Fields["leq"]);
    }

    [Fact]
    public async Task Connect_WithATokenThatIsNotRight_IsRefused()
    {
        (string device, byte[] key) = await server.AddWithKeyAsync();
        (string withPassword, _) = await server.AddAsync();
        Assert.Equal(0, await ConnectAsync(device, key));
        Assert.Equal(5, await ConnectAsync(device, DeviceSecrets.MakeKey()));
        Assert.Equal(5, await ConnectAsync(withPassword, key)); // it has no key
        await server.Registry.SetDisabledAsync(device, true, Ct);
        Assert.Equal(4, await ConnectAsync(device, key));

        Task<byte> ConnectAsync(string name, byte[] by) => server.TryConnectAsync(RawMqtt.V311, name, (AzureServer.User(name), AzureServer.Token(name, by)));
    }

    [Fact]
    public async Task MosquittoPub_WithUserAndPassword_IsStored()
    {
        (string device, string password) = await server.AddAsync();
        await Tool.RunAsync("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{server.MqttPort}", "-u", device, "-P", password, "-q", "1", "-t", Air.Topic(device), "-m", Air.Message(device));
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }
}
