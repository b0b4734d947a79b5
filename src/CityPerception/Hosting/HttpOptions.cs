using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>The HTTP listener: ingest, screens, health and metrics.</summary>
internal sealed class HttpOptions
{
    public const string Section = "Http";

    /// <summary>Where to listen: <c>http://</c>, an IP address or <c>localhost</c>, and a port (0 takes a free one).</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:8080";

    /// <summary>The IP address of HTTPS, where it is another than that of <see cref="Url"/>: other machines come by TLS, the plain port stays on loopback.</summary>
    public string? TlsAddress { get; set; }

    /// <summary>The port of HTTPS; there is one when <see cref="TlsOptions"/> name a certificate. 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int TlsPort { get; set; } = 8443;

    /// <summary>A larger body is answered with 413; also the limit of what a compressed body becomes.</summary>
    [Range(1024, 1 << 30)]
    public long MaxBodyBytes { get; set; } = 16 << 20;

    /// <summary>The same for a file that is imported (<c>/api/imports</c>): it is read as it comes, so memory does not bound it.</summary>
    [Range(1024d, 1L << 40)]
    public long MaxUploadBytes { get; set; } = 1L << 30;

    /// <summary>So many screens may follow the live figures at once; the next is asked to come back later (503).</summary>
    [Range(1, 10_000)]
    public int MaxViewers { get; set; } = 200;

    /// <summary>The IP address to listen on by TLS, or null where it is none.</summary>
    public IPAddress? FindTlsAddress() => string.IsNullOrEmpty(TlsAddress) ? FindEndpoint()?.Address : IPAddress.TryParse(TlsAddress, out IPAddress? address) ? address : null;

    /// <summary>The address and port of <see cref="Url"/>, or null where it is not of that form.</summary>
    public IPEndPoint? FindEndpoint()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/") return null;
        if (url.Host == "localhost") return new IPEndPoint(IPAddress.Loopback, url.Port);
        return IPAddress.TryParse(url.IdnHost, out IPAddress? address) ? new IPEndPoint(address, url.Port) : null;
    }
}

[OptionsValidator]
internal sealed partial class HttpOptionsValidator : IValidateOptions<HttpOptions>;
