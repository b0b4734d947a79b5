namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>
/// InfluxDB.Client knows one way to write, <c>/api/v2/write?bucket=</c>, which servers before 1.8 do not have. For 1.x
/// this handler turns it into <c>/write?db=&amp;precision=n</c>, which all of them have. The precision must be <c>n</c>:
/// they take one that they do not know (<c>us</c>) for nanoseconds without a word.
/// </summary>
internal sealed class V1WriteHandler(string database, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string V2Path = "/api/v2/write";

    /// <summary>Known only when the server has been asked.</summary>
    public InfluxVersion? Version { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Version is InfluxVersion.V1 && request.RequestUri is { } uri && uri.AbsolutePath.EndsWith(V2Path, StringComparison.Ordinal))
        {
            request.RequestUri = new UriBuilder(uri)
            {
                Path = uri.AbsolutePath[..^V2Path.Length] + "/write",
                Query = $"db={Uri.EscapeDataString(database)}&precision=n",
            }.Uri;
        }

        return base.SendAsync(request, cancellationToken);
    }
}
