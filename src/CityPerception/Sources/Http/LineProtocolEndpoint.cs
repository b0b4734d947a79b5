using CityPerception.Configuration;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.LineProtocol.Intake;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Observability;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Http;

/// <summary>
/// <c>POST /write</c> and <c>POST /api/v2/write</c>: line protocol as InfluxDB takes it, so that Telegraf and every other
/// agent can point here. Lines have this city's measurements; the good ones are kept, the others reported as InfluxDB
/// reports them and kept as a dead letter.
/// </summary>
internal sealed class LineProtocolEndpoint(
    CurrentPlan current, Intake intake, IngestMetrics metrics, IOptions<HttpOptions> http, ObjectPool<LineBuffer> buffers, TimeProvider clock)
{
    /// <summary>The source that its lines are counted under, and the tag <c>source</c> of those that name none.</summary>
    public const string Source = "line-protocol";

    private IntakeOfPlan? _intake;

    /// <param name="api">Which InfluxDB's manner of answering.</param>
    public async Task<IResult> PostAsync(InfluxAnswer api, HttpContext context, CancellationToken cancellationToken)
    {
        if (!TimePrecision.TryParse(context.Request.Query["precision"], out TimePrecision precision))
            return api.Invalid(context, StatusCodes.Status400BadRequest, $"precision is '{context.Request.Query["precision"]}'; allowed: {TimePrecision.Names}");

        (RequestBody? body, Rejection? fault) = await RequestBody.ReadAsync(context.Request, http.Value.MaxBodyBytes, cancellationToken);
        using (body)
        {
            if (fault is { } refused)
            {
                int status = refused.Reason == RejectionReason.PayloadTooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
                return api.Invalid(context, status, refused.Detail);
            }

            try
            {
                return await AcceptAsync(api, context, body!.Memory, precision, cancellationToken);
            }
            catch (IOException) // of the spool or the dead letters: the body has been read
            {
                return api.Busy(context, "the disk of the spool has failed; nothing was taken");
            }
        }
    }

    private async Task<IResult> AcceptAsync(InfluxAnswer api, HttpContext context, ReadOnlyMemory<byte> body, TimePrecision precision, CancellationToken cancellationToken)
    {
        Origin origin = Origin.Now(metrics.For(Source, HttpIntake.Transport), context.Request.Path, clock);
        origin.Meter.Received(1, body.Length, origin.ReceivedNs);
        LineBuffer lines = buffers.Get();
        try
        {
            lines.Clear();
            IngestPlan plan = current.Plan;
            LineIntakeResult result = IntakeFor(plan).Take(
                body.Span,
                Terms(plan, precision, origin.ReceivedNs),
                lines);
            IntakeTicket ticket = default;
            if (!intake.TryAppend(origin.Meter, lines.Written, lines.LineCount, origin.ReceivedNs, ref ticket))
                return api.Busy(context, "the spool is full: the store does not keep up");

            if (result.Rejected > 0)
                ticket = await intake.RejectAsync(ticket, origin with { Properties = RequestProperties.ToKeep(context.Request) }, result.Rejections, result.Rejected, body, cancellationToken);
            await intake.WaitDurableAsync(ticket, origin, cancellationToken);
            origin.Meter.AcknowledgedMessages(1);
            return result.Rejected == 0 ? Results.NoContent() : api.Partial(context, result);
        }
        finally
        {
            buffers.Return(lines);
        }
    }

    /// <summary>How a body of its is understood.</summary>
    public static LineIntakeTerms Terms(IngestPlan plan, TimePrecision precision, long receivedNs) =>
        new() { Precision = precision, ReceivedNs = receivedNs, Source = Source, EarliestNs = plan.City.EarliestNs, Ahead = plan.City.Ahead };

    // Made anew when a reload has changed the schema. Two requests may both make one: the same.
    private LineIntake IntakeFor(IngestPlan plan)
    {
        IntakeOfPlan? known = Volatile.Read(ref _intake);
        if (known is null || !ReferenceEquals(known.Plan, plan)) Volatile.Write(ref _intake, known = new IntakeOfPlan(plan, new LineIntake(plan.Measurements)));
        return known.Intake;
    }

    private sealed record IntakeOfPlan(IngestPlan Plan, LineIntake Intake);
}
