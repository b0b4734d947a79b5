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
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private CertificateText? _text;
    private SslStreamCertificateContext? _context;
    private long _lookedAt;
    private string? _fault;

    /// <summary>Ends TLS on a listener.</summary>
    /// <param name="protocol">What is spoken inside, for clients that ask (ALPN).</param>
    public void Use(ListenOptions listen, SslApplicationProtocol protocol, TimeSpan handshakeTimeout) => listen.UseHttps(new HttpsConnectionAdapterOptions
    {
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        HandshakeTimeout = handshakeTimeout,
        ServerCertificateSelector = (_, _) => Current()?.TargetCertificate, // Kestrel wants one; what follows replaces it
        OnAuthenticate = (_, handshake) =>
        {
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = Current();
            handshake.ApplicationProtocols = [protocol];
            handshake.AllowRenegotiation = false;
        },
    });

    private SslStreamCertificateContext? Current()
    {
        lock (_lock)
        {
            if (_context is not null && clock.GetElapsedTime(_lookedAt) < LookAgain) return _context;
            _lookedAt = clock.GetTimestamp();
            string? fault;
            if (CertificateFiles.TryReadText(options.Value, out CertificateText? text, out fault) && text != _text)
            {
                _text = text;
                if (CertificateFiles.Parse(options.Value, text, out fault) is { } context)
                {
                    _context = context;
                    logger.CertificateTaken(context.TargetCertificate.Subject, context.TargetCertificate.NotAfter.ToUniversalTime());
                }
            }

            // Once for each fault: files that are being written are looked at again.
            if (fault is not null && fault != _fault) logger.CertificateNotTaken(fault);
            _fault = fault;
            return _context;
        }
    }
}
