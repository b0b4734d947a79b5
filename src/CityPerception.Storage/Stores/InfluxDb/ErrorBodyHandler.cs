namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>
/// Keeps at most 64 KiB of an answer that reports a failure. InfluxDB 1.x repeats a refused line whole, so that 25 KB
/// sent with gzip can come back as 26 MB; and what answers may not be InfluxDB.
/// </summary>
internal sealed class ErrorBodyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public const int MaxBytes = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return response;

        using HttpContent whole = response.Content;
        byte[] bytes = new byte[MaxBytes];
        Stream body = await whole.ReadAsStreamAsync(cancellationToken);
        int length = await body.ReadAtLeastAsync(bytes, MaxBytes, throwOnEndOfStream: false, cancellationToken);
        response.Content = new ByteArrayContent(bytes, 0, length);
        response.Content.Headers.ContentType = whole.Headers.ContentType;
        return response;
    }
}
