using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;

namespace CityPerception.Sources.Http;

/// <summary>The answers of the ingest endpoints.</summary>
internal static class IngestResults
{
    private const string RetryAfterSeconds = "5";

    /// <summary>202 if anything was accepted or nothing was refused; else a problem that says why.</summary>
    public static IResult Of(MappingRun run)
    {
        List<IngestError> errors = [.. run.Rejections.Select(IngestError.Of)];
        if (!run.IsRefused)
        {
            return Results.Json(
                new IngestAnswer(run.Lines.LineCount, run.RejectedCount, run.FilteredCount, errors),
                IngestJson.Readable.IngestAnswer,
                statusCode: StatusCodes.Status202Accepted);
        }

        return Problem(StatusOf(run.Rejections[0].Reason), "Nothing was accepted. 未接受任何数据。", run.RejectedCount, errors);
    }

    /// <summary>The message as a whole was refused.</summary>
    public static IResult Refused(Rejection rejection) => Problem(StatusOf(rejection.Reason), "The message was refused. 消息被拒绝。", 1, [IngestError.Of(rejection)]);

    /// <summary>503: nothing was taken; send it again later.</summary>
    public static IResult Busy(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Results.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Busy. 系统繁忙。");
    }

    private static IResult Problem(int status, string title, int rejected, List<IngestError> errors) => Results.Json(
        new IngestProblem { Status = status, Title = title, Detail = $"{errors[0].Path}: {errors[0].Detail}", Rejected = rejected, Errors = errors },
        IngestJson.Readable.IngestProblem,
        "application/problem+json",
        status);

    // 400 for bytes that do not follow their grammar, 422 for good grammar with bad content.
    private static int StatusOf(RejectionReason reason) => reason switch
    {
        RejectionReason.SourceUnknown => StatusCodes.Status404NotFound,
        RejectionReason.PayloadTooLarge or RejectionReason.ElementsExceeded => StatusCodes.Status413PayloadTooLarge,
        RejectionReason.ContentEncodingInvalid or RejectionReason.TextEncodingInvalid or RejectionReason.SyntaxInvalid
            or RejectionReason.DepthExceeded or RejectionReason.PayloadEmpty => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
