using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources;

/// <summary>The four ways to the broker.</summary>
public enum Wire
{
    Tcp,
    Tls,
    WebSocket,
    SecureWebSocket,
}

/// <summary>A server that all four lead to.</summary>
public class WireServer : CityServer
{
    protected TlsFiles Tls { get; } = new();

    public string CertificateFile => Tls.CertificateFile;

    protected override (string Key, string Value)[] Settings =>
        [("Tls:CertificateFile", Tls.CertificateFile), ("Tls:KeyFile", Tls.KeyFile), ("Mqtt:TlsPort", "0"), ("Http:TlsPort", "0")];

    /// <summary>A connection on which nothing has been said, and what ends it without a word.</summary>
    public async Task<(Stream Stream, IDisposable Connection)> OpenAsync(Wire wire, CancellationToken cancellationToken)
    {
        if (wire is Wire.Tcp or Wire.Tls)
        {
            Stream stream = wire is Wire.Tcp ? await OpenTcpAsync(MqttPort, cancellationToken) : await OpenTlsAsync(SslProtocols.None, cancellationToken);
            return (stream, stream);
        }

        ClientWebSocket socket = await OpenWebSocketAsync(new Uri(wire is Wire.WebSocket ? $"ws://127.0.0.1:{HttpPort}/mqtt" : $"wss://127.0.0.1:{HttpsPort}/mqtt"), cancellationToken);
        return (WebSocketStream.Create(socket, WebSocketMessageType.Binary), socket);
    }

    public int MqttsPort => Port("MQTTS");

    public int HttpsPort => Port("HTTPS");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Tls.Dispose();
        GC.SuppressFinalize(this);
    }

    public static async Task<Stream> OpenTcpAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private bool IsOurs(X509Certificate? certificate) => certificate is X509Certificate2 { Thumbprint: var print } && print == Tls.Thumbprint;

    /// <summary>A TLS connection to the broker, by one of these versions of TLS.</summary>
    public async Task<SslStream> OpenTlsAsync(SslProtocols protocols, CancellationToken cancellationToken)
    {
        var stream = new SslStream(await OpenTcpAsync(MqttsPort, cancellationToken), leaveInnerStreamOpen: false);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocols,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate),
            }, cancellationToken);
        return stream;
    }

    private async Task<ClientWebSocket> OpenWebSocketAsync(Uri uri, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate);
        await socket.ConnectAsync(uri, cancellationToken);
        Assert.Equal("mqtt", socket.SubProtocol);
        return socket;
    }
}

/// <summary>Rows of theories: every wire, with every version of MQTT.</summary>
public static class Wires
{
    public static TheoryData<Wire> All => [.. Enum.GetValues<Wire>()];

    public static MatrixTheoryData<Wire, byte> AllVersions => new(Enum.GetValues<Wire>(), [RawMqtt.V311, RawMqtt.V5]);
}
