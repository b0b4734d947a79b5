using CityPerception.Storage.Operations.Devices;
using CityPerception.TestKit;
using CityPerception.Tests.Sources.Azure;
using MQTTnet;

namespace CityPerception.Tests.Sources.Access;

/// <summary>Devices that show a certificate instead of a password.</summary>
public sealed class CertificateTests(CertificateServer server) : IClassFixture<CertificateServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_WithTheCertificateOfAThumbprint_SendsUnderItsOwnNameAlone()
    {
        string device = Air.NewDevice(), other = Air.NewDevice();
        var files = server.Make("whatever", authority: null);
        await server.AddThumbprintAsync(device, files.Certificate);
        await using MqttPeer peer = await server.ConnectAsync(files, o => o.WithCredentials(device));
        await peer.PublishAsync(Air.Topic(device), Air.Message(device));
        MqttClientPublishResult foreign = await peer.PublishAsync(Air.Topic(other), Air.Message(other));
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, foreign.ReasonCode);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
        Assert.Empty(await server.PointsOfAsync(other));
    }

    [Fact]
    public async Task Connect_WithEachCertificateInARotation_IsLetIn()
    {
        string device = Air.NewDevice();
        var first = server.Make(device, authority: null);
        var second = server.Make(device, authority: null);
        var third = server.Make(device, authority: null);
        await server.AddThumbprintAsync(device, first.Certificate);
        await server.AddThumbprintAsync(device, second.Certificate);
        Assert.Equal((true, true, false), (await server.IsLetInAsync(first), await server.IsLetInAsync(second), await server.IsLetInAsync(third)));
        await server.AddThumbprintAsync(device, third.Certificate);
        Assert.Equal((false, true, true), (await server.IsLetInAsync(first), await server.IsLetInAsync(second), await server.IsLetInAsync(third)));
    }

    [Theory]
    [InlineData("common name", true)]
    [InlineData("DNS name", true)]
    [InlineData("for clients", true)]
    [InlineData("user name", true)]
    [InlineData("other's user name", false)]
    [InlineData("for servers", false)]
    [InlineData("other authority", false)]
    [InlineData("signed by itself", false)]
    [InlineData("expired", false)]
    [InlineData("not in the registry", false)]
    [InlineData("disabled", false)]
    [InlineData("organisation instead of a name", false)]
    public async Task Connect_WithACertificateByAnAuthority_IsLetInOnlyAsTheDeviceThatItNames(string shows, bool isLetIn)
    {
        (string device, _) = await server.AddAsync();
        (string other, _) = await server.AddAsync();
        if (shows == "disabled") await server.Registry.SetDisabledAsync(device, true, Ct);
        var files = shows switch
        {
            "DNS name" => server.Make("station", extension: "subjectAltName=DNS:" + device),
            "for clients" => server.Make(device, extension: "extendedKeyUsage=clientAuth"),
            "for servers" => server.Make(device, extension: "extendedKeyUsage=serverAuth"),
            "other authority" => server.Make(device, "other"),
            "signed by itself" => server.Make(device, authority: null),
            "expired" => server.Make(device, days: "-1"),
            "not in the registry" => server.Make(Air.NewDevice()),
            "organisation instead of a name" => server.Make("x/OU=" + device),
            _ => server.Make(device),
        };
        string? user = shows switch { "user name" => device, "other's user name" => other, _ => null };

        Assert.Equal(isLetIn, await server.IsLetInAsync(files, user is null ? null : o => o.WithCredentials(user)));
    }

    [Fact]
    public async Task Connect_AzureUserNameAndACertificate_SendsTelemetry()
    {
        string device = Air.NewDevice(), other = Air.NewDevice();
        var files = server.Make("station", authority: null);
        await server.AddThumbprintAsync(device, files.Certificate);
        Assert.False(await server.IsLetInAsync(files, o => o.WithClientId(other).WithCredentials(AzureServer.User(other))));
        Assert.False(await server.IsLetInAsync(files, o => o.WithClientId(other).WithCredentials(AzureServer.User(device))));
        await using MqttPeer peer = await server.ConnectAsync(files, o => o.WithClientId(device).WithCredentials(AzureServer.User(device)));
        await peer.PublishAsync($"devices/{device}/messages/events/", """{"ts":"2025-11-24T01:30:00Z","leq":57.9,"lmax":82.1}""");
        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(device, "noise")).Fields["leq"]);
    }

    [Fact]
    public async Task Connect_WithACertificateAndAWrongPassword_IsRefused()
    {
        (string device, string password) = await server.AddAsync();
        var files = server.Make(device);
        Assert.False(await server.IsLetInAsync(files, o => o.WithCredentials(device, password + "x")));
        Assert.True(await server.IsLetInAsync(files, o => o.WithCredentials(device, password)));
    }

    [Fact]
    public async Task Disable_OfAConnectedDevice_EndsItsConnection()
    {
        (string device, _) = await server.AddAsync();
        await using MqttPeer peer = await server.ConnectAsync(server.Make(device));
        await server.Registry.SetDisabledAsync(device, true, Ct);
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await peer.DisconnectedAsync());
    }

    [Fact]
    public async Task Rotate_PastTheThumbprintOfAConnectedDevice_EndsItsConnection()
    {
        string device = Air.NewDevice();
        var files = server.Make(device, authority: null);
        await server.AddThumbprintAsync(device, files.Certificate);
        await using MqttPeer peer = await server.ConnectAsync(files);
        await server.Registry.RotateAsync(device, new NewCredential(CredentialKind.Thumbprint, new string('A', 64)), dropsOld: true, Ct);
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await peer.DisconnectedAsync());
    }

    [Fact]
    public async Task MosquittoPub_WithItsCertificate_IsStored()
    {
        (string device, _) = await server.AddAsync();
        var (certificate, key) = server.Make(device);
        await Tool.RunAsync(
            "mosquitto_pub", "-h", "localhost", "-p", $"{server.TlsPort}", "--cafile", server.ServerCertificateFile, "--cert", certificate, "--key", key, "-q", "1", "-t", Air.Topic(device), "-m", Air.Message(device));
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Authority_TakenOutOfTheFile_LetsInNoMoreAndEndsWhatItLetIn()
    {
        await using var own = new CertificateServer();
        await own.InitializeAsync();
        (string device, _) = await own.AddAsync();
        var files = own.Make(device);
        await using MqttPeer peer = await own.ConnectAsync(files);
        own.Trust("other");
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await peer.DisconnectedAsync());
        Assert.False(await own.IsLetInAsync(files));
        Assert.True(await own.IsLetInAsync(own.Make(device, "other")));
        File.WriteAllText(own.AuthorityFile, "no certificate");
        await Until.TrueAsync("the good ones stay", () => own.IsLetInAsync(own.Make(device, "other")), Ct);
    }
}
