using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>Gives Kestrel the HTTP listeners and their bounds.</summary>
internal sealed class HttpListening(IOptions<HttpOptions> http, IOptions<TlsOptions> tls, ServerCertificate certificate, Listeners listeners) : IConfigureOptions<KestrelServerOptions>
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.RequestHeadersTimeout = HandshakeTimeout;
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        if (Read(() => http.Value.FindEndpoint()) is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            listen.Protocols = HttpProtocols.Http1; // HTTP/2 needs TLS
            listeners.Add(new Listener("HTTP", "Http:Url=http://127.0.0.1:8081", wanted, () => listen.IPEndPoint));
        });
        if (Read(() => tls.Value) is { IsGiven: true })
        {
            var secure = new IPEndPoint(http.Value.FindTlsAddress() ?? wanted.Address, http.Value.TlsPort);
            options.Listen(secure, listen =>
            {
                listen.Protocols = HttpProtocols.Http1; // MQTT's clients open their WebSockets by it
                certificate.Use(listen, SslApplicationProtocol.Http11, HandshakeTimeout);
                listeners.Add(new Listener("HTTPS", "Http:TlsPort=8444", secure, () => listen.IPEndPoint));
            });
        }

        options.Limits.MaxRequestBodySize = http.Value.MaxBodyBytes;
    }

    /// <summary>
    /// Reads something out of options that may be bad. Kestrel asks for its options while the host is being built, which
    /// is before all options are validated together; that validation lists the fault with every other and ends the start.
    /// </summary>
    public static T? Read<T>(Func<T?> find)
        where T : class
    {
        try
        {
            return find();
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}
