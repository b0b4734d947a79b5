using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// The certificate that new connections are shown. Its files are looked at when a connection comes, once a second at the
/// most, so a renewed one is taken without a restart. A renewal that cannot be used leaves the old one, and is logged.
/// </summary>
internal sealed class ServerCertificate(IOptions<TlsOptions> options, TimeProvider clock, ILogger<ServerCertificate> logger)
{
    private readonly Reread<CertificateText?, SslStreamCertificateContext> _files = new(
        (out text, out fault) => CertificateFiles.TryReadText(options.Value, out text, out fault),
        (text, out fault) =>
        {
            SslStreamCertificateContext? context = CertificateFiles.Parse(options.Value, text!, out fault);
            if (context is not null) logger.CertificateTaken(context.TargetCertificate.Subject, context.TargetCertificate.NotAfter.ToUniversalTime());
            return context;
        },
        logger.CertificateNotTaken,
        clock);

    /// <summary>Ends TLS on a listener.</summary>
    /// <param name="protocol">What is spoken inside, for clients that ask (ALPN).</param>
    /// <param name="asksClients">Whether clients are asked for a certificate of theirs. They need not have one, and it is not judged here: it becomes the connection's <see cref="ClientCertificate"/>.</param>
    public void Use(ListenOptions listen, SslApplicationProtocol protocol, TimeSpan handshakeTimeout, bool asksClients = false)
    {
        var options = new HttpsConnectionAdapterOptions
        {
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            HandshakeTimeout = handshakeTimeout,
            ServerCertificateSelector = (_, _) => _files.Current()?.TargetCertificate, // Kestrel wants one; what follows replaces it
            OnAuthenticate = (_, handshake) =>
            {
                handshake.ServerCertificateSelectionCallback = null;
                handshake.ServerCertificateContext = _files.Current();
                handshake.ApplicationProtocols = [protocol];
                handshake.AllowRenegotiation = false;
                if (asksClients) ClientCertificate.StayLocal(handshake);
            },
        };
        if (asksClients) ClientCertificate.Ask(options);
        listen.UseHttps(options);
    }
}
