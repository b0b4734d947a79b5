using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>Gives Kestrel the HTTP listener and its bounds.</summary>
internal sealed class HttpListening(IOptions<HttpOptions> http, Listeners listeners) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = http.Value.MaxBodyBytes;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        if (http.Value.FindEndpoint() is not { } wanted) throw new InvalidOperationException("Http:Url passed its validation and is no endpoint.");
        options.Listen(wanted, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listeners.Add(new Listener("HTTP", "Http:Url=http://127.0.0.1:8081", wanted, () => listen.IPEndPoint));
        });
    }
}
