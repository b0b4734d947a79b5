using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using InfluxDB.Client;
using InfluxDB.Client.Api.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Api.Service;
using InfluxDB.Client.Core;
using InfluxDB.Client.Core.Internal;
using RestSharp;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>
/// The connections to one server. Writes go through InfluxDB.Client's <see cref="WriteService"/>, which takes the bytes as
/// they are; its WriteApiAsync does the same after two turns through UTF-16. Nothing is kept for another try: the spool does that.
/// </summary>
internal sealed class InfluxClient : IDisposable
{
    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly V1WriteHandler _v1;
    private readonly HttpClient _http;
    private readonly ApiClient _api;
    private readonly WriteService _writes;
    private readonly Uri _root;

    public InfluxClient(InfluxOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _root = new Uri(options.Url.TrimEnd('/') + "/");

        // A redirect would take the credentials elsewhere.
        HttpMessageHandler sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        _v1 = new V1WriteHandler(options.Database, new ErrorBodyHandler(sockets));
        _http = new HttpClient(_v1) { Timeout = options.Timeout };
        _http.DefaultRequestHeaders.Authorization = Authorization(options);

        // The client's own credentials stay unset (they are in the HttpClient) and so does its gzip, which knows one level only.
        var clientOptions = new InfluxDBClientOptions(_root.AbsoluteUri.TrimEnd('/')) { HttpClient = _http, Timeout = options.Timeout, AllowHttpRedirects = false };
        _api = new ApiClient(clientOptions, new LoggingHandler(LogLevel.None), new GzipHandler());

        // Failures are read from the answer. The client's exceptions cannot be made from every answer: they want Retry-After to be a number.
        _writes = new WriteService((Configuration)_api.Configuration) { ExceptionFactory = static (_, _) => null! };
    }

    /// <summary>Known from the options, or when <see cref="InfluxSetup"/> has asked the server.</summary>
    public InfluxVersion? Version
    {
        get => _v1.Version;
        set => _v1.Version = value;
    }

    public async Task<InfluxReply> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        byte[] body = _options.Gzip ? Compress(lines) : Exact(lines);
        RestResponse response = await _writes.PostWriteAsyncWithIRestResponse(
            string.IsNullOrEmpty(_options.Org) ? "-" : _options.Org,
            _options.Database,
            body,
            contentEncoding: _options.Gzip ? "gzip" : "identity",
            contentType: "text/plain; charset=utf-8",
            accept: "application/json",
            precision: WritePrecision.Ns,
            cancellationToken: cancellationToken);

        cancellationToken.ThrowIfCancellationRequested();
        if (response.StatusCode == 0) return NoAnswer(response.ErrorException);
        return InfluxReply.Of(response.StatusCode, response.Content, response.Headers?.FirstOrDefault(h => h.Name is "Retry-After")?.Value, _clock);
    }

    /// <summary>Sends InfluxQL; the caller disposes of the answer, which has come up to its headers.</summary>
    /// <exception cref="StoreUnavailableException">No answer.</exception>
    public Task<HttpResponseMessage> QueryAsync(string query, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] form = [new("db", _options.Database), new("epoch", "ns"), new("chunked", "true"), new("chunk_size", "5000"), new("q", query)];
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_root, "query")) { Content = new FormUrlEncodedContent(form) }, cancellationToken);
    }

    /// <exception cref="StoreUnavailableException">No answer.</exception>
    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(_root, path)), cancellationToken);

    /// <summary>Deletes by 2.x's own endpoint.</summary>
    /// <exception cref="StoreUnavailableException">No answer.</exception>
    public Task<HttpResponseMessage> DeleteAsync(string predicate, QueryRange range, CancellationToken cancellationToken)
    {
        // Its range ends before stop, as ours does; ours has the last nanosecond.
        var body = new Dictionary<string, string> { ["start"] = Time(range.FirstNs), ["stop"] = Time(range.LastNs + 1), ["predicate"] = predicate };
        string path = $"api/v2/delete?org={Uri.EscapeDataString(_options.Org ?? "")}&bucket={Uri.EscapeDataString(_options.Database)}";
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_root, path)) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") }, cancellationToken);

        static string Time(long ns) => string.Create(CultureInfo.InvariantCulture, $"{ObservationTime.FromUnixNs(ns).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}.{((ns % 1_000_000_000) + 1_000_000_000) % 1_000_000_000:000000000}Z");
    }

    public async Task<InfluxReply> ReplyAsync(HttpResponseMessage failed, CancellationToken cancellationToken)
    {
        string? retryAfter = failed.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        return InfluxReply.Of(failed.StatusCode, await failed.Content.ReadAsStringAsync(cancellationToken), retryAfter, _clock);
    }

    public void Dispose()
    {
        _api.RestClient.Dispose();
        _http.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw InfluxFailure.Unavailable(NoAnswer(e), _options, Version, e);
            }
        }
    }

    private InfluxReply NoAnswer(Exception? e) => e is OperationCanceledException or TimeoutException
        ? new InfluxReply(0, $"no answer within {_options.Timeout.TotalSeconds:0} s", FromInflux: false, null)
        : new InfluxReply(0, e?.Message ?? "no answer", FromInflux: false, null);

    private static AuthenticationHeaderValue? Authorization(InfluxOptions options) => options switch
    {
        { HasToken: true } => new AuthenticationHeaderValue("Token", options.ReadToken()),
        { User.Length: > 0 } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.ReadPassword()}"))),
        _ => null,
    };

    private static byte[] Exact(ReadOnlyMemory<byte> lines) =>
        MemoryMarshal.TryGetArray(lines, out ArraySegment<byte> segment) && segment.Array!.Length == lines.Length ? segment.Array : lines.ToArray();

    private static byte[] Compress(ReadOnlyMemory<byte> lines)
    {
        using var compressed = new MemoryStream(lines.Length / 4);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(lines.Span);
        return compressed.ToArray();
    }
}
