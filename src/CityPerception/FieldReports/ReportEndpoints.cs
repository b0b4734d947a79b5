using System.Text.Json;
using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Sources.Http;

namespace CityPerception.FieldReports;

/// <summary><c>/api/reports</c>: what the form offers, and reports, which go the way of every posted message.</summary>
internal sealed class ReportEndpoints(CurrentPlan current, HttpIntake intake, ReportRules rules, PhotoStore photos)
{
    public const string Path = "/api/reports", Source = "grid-report";

    private const int MaxBodyBytes = 32 << 10;

    public IResult Form() => Results.Json(FormView.Of(current.Plan), FieldReportJson.Default.FormView);

    public async Task<IResult> PostAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // A form on another site can post text, but not JSON.
        if (!context.Request.HasJsonContentType()) return Results.Problem("Content-Type: application/json is needed. 须为 application/json。", statusCode: StatusCodes.Status415UnsupportedMediaType);
        (RequestBody? body, Rejection? fault) = await RequestBody.ReadAsync(context.Request, MaxBodyBytes, cancellationToken);
        using (body)
        {
            if (fault is { } refused) return IngestResults.Refused(refused);
            if (Read(body!.Memory) is not { } report) return Results.Problem("The body is no report. 请求体不是有效的上报。", statusCode: StatusCodes.Status400BadRequest);
            if (!current.Plan.Sources.TryGetValue(Source, out CompiledSource? source)) return IngestResults.Busy(context, $"There is no source {Source}. 尚未配置 {Source} 数据源。");
            return rules.Check(report, current.Plan) is { Count: > 0 } faults
                ? Results.ValidationProblem(faults, "The report was not taken. 未接收上报。")
                : await TakeAsync(report, source, context, cancellationToken);
        }
    }

    private async Task<IResult> TakeAsync(FieldReport report, CompiledSource source, HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            // First: a photo that no report is known of is deleted after a day.
            foreach (Guid photo in report.Photos ?? []) photos.Attach(photo, report.Id);
            return await intake.TakeAsync(source, context.Request, report.ToDocument(context.User.Identity?.Name), run => Answer(context, report, run), cancellationToken);
        }
        catch (IOException) // of the spool, the dead letters or the photos: nothing may be acknowledged
        {
            return IngestResults.Busy(context, "The disk of the spool has failed. 缓冲区磁盘故障，请稍后重试。");
        }
    }

    private static IResult Answer(HttpContext context, FieldReport report, MappingRun? run) => run switch
    {
        null => IngestResults.Busy(context, "The spool is full. 缓冲区已满，请稍后重试。"),
        { RejectedCount: > 0 } => IngestResults.Of(run),
        _ => Results.Json(new ReportReceipt(report.Id), FieldReportJson.Default.ReportReceipt, statusCode: StatusCodes.Status201Created),
    };

    private static FieldReport? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, FieldReportJson.Default.FieldReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
