using CityPerception.Core.Observations;
using CityPerception.Sources.Http;
using static System.FormattableString;

namespace CityPerception.FieldReports;

/// <summary><c>/api/reports/photos/{id}</c>.</summary>
internal sealed class PhotoEndpoints(PhotoStore photos) : IDisposable
{
    public const string Path = ReportEndpoints.Path + "/photos";

    private const int MaxBytes = 12 << 20, AtOnce = 2;

    // A picture that is decoded takes up to 64 MB, a progressive JPEG 150 MB besides.
    private readonly SemaphoreSlim _places = new(AtOnce);

    public IResult Get(Guid id, HttpContext context)
    {
        if (photos.Find(id) is not { } path) return Results.Problem("There is no such photo. 没有这张照片。", statusCode: StatusCodes.Status404NotFound);
        context.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        return Results.File(path, "image/jpeg");
    }

    public async Task<IResult> PutAsync(Guid id, HttpContext context, CancellationToken cancellationToken)
    {
        (RequestBody? body, Rejection? fault) = await RequestBody.ReadAsync(context.Request, MaxBytes, cancellationToken);
        using (body)
        {
            return fault switch
            {
                null => await TakeAsync(id, body!.Memory, context, cancellationToken),
                { Reason: RejectionReason.PayloadTooLarge } => Results.Problem(Invariant($"The photo is larger than {MaxBytes >> 20} MB. 照片超过 {MaxBytes >> 20} MB。"), statusCode: StatusCodes.Status413PayloadTooLarge),
                { } refused => IngestResults.Refused(refused),
            };
        }
    }

    private async Task<IResult> TakeAsync(Guid id, ReadOnlyMemory<byte> file, HttpContext context, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            if (photos.Has(id)) return Results.NoContent();
            if (PhotoEncoder.Encode(file.Span) is not { } jpeg)
                return Results.Problem("This is no whole JPEG, PNG or WebP picture, or too large a one. 不是完整的 JPEG、PNG 或 WebP 图片，或尺寸过大。", statusCode: StatusCodes.Status415UnsupportedMediaType);
            photos.Add(id, jpeg);
            return Results.StatusCode(StatusCodes.Status201Created);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IngestResults.Busy(context, "The photo cannot be stored. 照片无法保存，请稍后重试。");
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
