using System.Net.Security;
using System.Security.Authentication;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources;

/// <summary>TLS as clients see it.</summary>
public sealed class TlsTests(TlsTests.RenewedServer server) : IClassFixture<TlsTests.RenewedServer>
{
    /// <summary>A server whose certificate is renewed while it runs.</summary>
    public sealed class RenewedServer : WireServer
    {
        public void Renew() => Tls.Renew();

        public void Spoil() => File.WriteAllText(Tls.KeyFile, "no key");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_ByAVersionInUse_Succeeds(SslProtocols version)
    {
        await using SslStream stream = await server.OpenTlsAsync(version, Ct);
        Assert.Equal(version, stream.SslProtocol);
    }

    [Fact]
    public async Task Handshake_ByTls11_IsRefused()
    {
#pragma warning disable SYSLIB0039, CA5397 // it is old and broken: that is the point
        await Assert.ThrowsAnyAsync<Exception>(() => server.OpenTlsAsync(SslProtocols.Tls11, Ct));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task Certificate_Renewed_IsShownToNewConnectionsAndTheOldOnesStay()
    {
        string device = Air.NewDevice();
        await using RawMqtt old = await RawMqtt.ConnectAsync(server, Wire.Tls, RawMqtt.V5);

        server.Renew();
        foreach (Wire wire in (Wire[])[Wire.Tls, Wire.SecureWebSocket])
            await Until.TrueAsync("the new certificate is shown", () => ConnectsAsync(wire), Ct);
        server.Spoil();
        for (int i = 0; i < 3; i++) Assert.True(await ConnectsAsync(Wire.Tls)); // the good one stays

        await old.SendAsync(RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 1, Air.Message(device)));
        Assert.Equal(1, await old.ReadPubAckAsync());
    }

    [Fact]
    public async Task Https_OfEveryPage_IsTheSameServer()
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var client = new HttpClient(handler);
        string device = Air.NewDevice();
        using HttpResponseMessage answer = await client.PostAsync($"https://127.0.0.1:{server.HttpsPort}/ingest/air-station", new StringContent(Air.Message(device)), Ct);

        answer.EnsureSuccessStatusCode();
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    // Only the certificate that is in the file now is accepted.
    private async Task<bool> ConnectsAsync(Wire wire)
    {
        try
        {
            await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, RawMqtt.V5);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or System.Net.WebSockets.WebSocketException)
        {
            return false;
        }
    }
}
