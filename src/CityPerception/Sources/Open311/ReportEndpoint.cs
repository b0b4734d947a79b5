using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Sources.Http;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Open311;

/// <summary><c>POST requests</c>: a form becomes a document, and goes the way of every posted message.</summary>
internal sealed class ReportEndpoint(
    CurrentPlan current, HttpIntake intake, RequestReader requests, ApiKeys keys, RecentReports recent, IOptions<Open311Options> options, TimeProvider clock)
{
    /// <summary>The source that maps reports.</summary>
    public const string Source = "open311";

    private const string IdempotencyKey = "Idempotency-Key", SpoolBusy = "The report was not taken: the server is busy. 系统繁忙，未接收，请稍后重试。";

    private const int MaxKeyLength = 255;

    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(2);

    public async Task<IResult> PostAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var call = new Open311Call(context, current.Plan);
        (RequestBody? body, Rejection? fault) = await RequestBody.ReadAsync(context.Request, options.Value.MaxFormBytes, cancellationToken);
        using (body)
        {
            if (fault is { } refused)
            {
                bool tooLarge = refused.Reason is RejectionReason.PayloadTooLarge;
                return call.Error(tooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, $"{refused.Path}: {refused.Detail}. 请求体过大或无法读取。");
            }

            (ReportForm? form, string? formFault) = await ReportForm.ReadAsync(context.Request, body!.Memory, options.Value.MaxFields, cancellationToken);
            return form is null ? call.Error(StatusCodes.Status400BadRequest, formFault!) : await TakeAsync(call, form, context.Request, cancellationToken);
        }
    }

    private async Task<IResult> TakeAsync(Open311Call call, ReportForm form, HttpRequest request, CancellationToken cancellationToken)
    {
        if (call.CheckJurisdiction(form.Text("jurisdiction_id")) is { } elsewhere) return elsewhere;
        string? apiKey = form.Text("api_key");
        if (!keys.Admits(apiKey)) return call.Error(StatusCodes.Status403Forbidden, "api_key is missing or invalid. api_key 缺失或无效。");
        if (!call.Plan.Sources.TryGetValue(Source, out CompiledSource? source))
            return call.Busy($"Reports are not configured: there is no source {Source}. 尚未配置 {Source} 数据源。");
        string key = request.Headers[IdempotencyKey].ToString();
        if (key.Length > MaxKeyLength) return call.Error(StatusCodes.Status400BadRequest, $"{IdempotencyKey} has more than {MaxKeyLength} characters. {IdempotencyKey} 过长。");

        var reader = new ReportReader(form, call);
        if (reader.Read() is not { } report) return call.Errors(reader.Errors);

        DateTimeOffset now = clock.GetUtcNow(), minute = new(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        bool isNamed = key.Length > 0;
        Guid id = isNamed ? ReportId.OfKey(apiKey ?? "", key) : ReportId.OfContent(report, minute);
        // The minute is part of a report's identity, so it is its time as well: a repeat after a restart is the same point.
        RecentReport known = recent.Find(id, isNamed ? now : minute);
        if (known.IsDurable || (isNamed && await IsStoredAsync(id, cancellationToken))) return Receipt(call, id, StatusCodes.Status200OK);

        try
        {
            return await intake.TakeAsync(source, request, ReportDocument.Write(report, id, known.Time), run => Answer(call, id, known, run), cancellationToken);
        }
        catch (IOException) // of the spool or the dead letters
        {
            return call.Busy(SpoolBusy);
        }
    }

    private static IResult Answer(Open311Call call, Guid id, RecentReport report, MappingRun? run)
    {
        if (run is null) return call.Busy(SpoolBusy);
        // What the mapping refuses is a dead letter, to be replayed once the mapping is corrected.
        if (run.RejectedCount > 0) return call.Errors([.. run.Rejections.Select(r => new Open311Error(StatusCodes.Status400BadRequest, $"{r.Path}: {r.Detail}. 未能接收。"))]);
        report.IsDurable = true;
        return Receipt(call, id, StatusCodes.Status201Created);
    }

    private static IResult Receipt(Open311Call call, Guid id, int status) =>
        call.Answer("service_requests", [new ReceiptAnswer(id.ToString(), "", null)], Open311Json.Default.IReadOnlyListReceiptAnswer, status);

    // A store that is away or slow is no reason to refuse a report, or to let its sender wait: at worst, after a restart
    // as well, the case is reported twice.
    private async Task<bool> IsStoredAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!requests.IsAvailable) return false;
        using var patience = new CancellationTokenSource(StorePatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await requests.ExistsAsync(current.Plan, id.ToString(), either.Token);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
