using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>Gives Kestrel the HTTP listener and its bounds.</summary>
internal sealed class HttpListening(IOptions<HttpOptions> http, Listeners listeners) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        if (FindEndpoint() is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            listen.Protocols = HttpProtocols.Http1; // HTTP/2 needs TLS
            listeners.Add(new Listener("HTTP", "Http:Url=http://127.0.0.1:8081", wanted, () => listen.IPEndPoint));
        });
        options.Limits.MaxRequestBodySize = http.Value.MaxBodyBytes;
    }

    // Kestrel asks for its options while the host is being built, which is before all options are validated together.
    // Bad ones are left for that validation, which lists them with every other fault and ends the start.
    private IPEndPoint? FindEndpoint()
    {
        try
        {
            return http.Value.FindEndpoint();
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}
