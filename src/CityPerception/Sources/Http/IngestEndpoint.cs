using CityPerception.Configuration;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Observability;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Http;

/// <summary><c>POST /ingest/{source}</c>: the same mapping as any other transport; the answer says what became of each element.</summary>
internal sealed class IngestEndpoint(
    CurrentPlan current, HttpIntake taking, Intake intake, IngestMetrics metrics, IOptions<HttpOptions> http, TimeProvider clock)
{
    public async Task<IResult> PostAsync(string source, HttpContext context, CancellationToken cancellationToken)
    {
        (RequestBody? body, Rejection? fault) = await RequestBody.ReadAsync(context.Request, http.Value.MaxBodyBytes, cancellationToken);
        using (body)
        {
            if (fault is { } refused) return IngestResults.Refused(refused);
            try
            {
                return current.Plan.Sources.TryGetValue(source, out CompiledSource? compiled)
                    ? await AcceptAsync(compiled, context, body!.Memory, cancellationToken)
                    : await RefuseUnknownAsync(source, context, body!.Memory, cancellationToken);
            }
            catch (IOException) // of the spool or the dead letters: the body has been read
            {
                return IngestResults.Busy(context, "The disk of the spool has failed; the message was not taken. 缓冲区磁盘故障，消息未接收，请稍后重试。");
            }
        }
    }

    private Task<IResult> AcceptAsync(CompiledSource source, HttpContext context, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => taking.TakeAsync(
        source, context.Request, payload,
        run => run is null ? IngestResults.Busy(context, "The spool is full: the store does not keep up. 缓冲区已满，请稍后重试。") : IngestResults.Of(run),
        cancellationToken);

    private async Task<IResult> RefuseUnknownAsync(string source, HttpContext context, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        Origin origin = Origin.Now(metrics.For(IngestMetrics.NoSource, HttpIntake.Transport), context.Request.Path, clock);
        origin.Meter.Received(1, payload.Length, origin.ReceivedNs);
        string? near = Suggest.Closest(source, current.Plan.Sources.Keys);
        Rejection rejection = new(RejectionReason.SourceUnknown, 0, "/ingest/{source}", near is null ? "no source has this name" : $"no source has this name; did you mean {near}?");
        IntakeTicket ticket = await intake.RejectAsync(default, origin with { Properties = RequestProperties.ToKeep(context.Request) }, [rejection], 1, payload, cancellationToken);
        await intake.WaitDurableAsync(ticket, origin, cancellationToken);
        return IngestResults.Refused(rejection);
    }
}
