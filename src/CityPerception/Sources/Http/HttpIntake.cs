using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Understanding;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources.Devices;
using Microsoft.Extensions.ObjectPool;

namespace CityPerception.Sources.Http;

/// <summary>What every posted message goes through: mapped, appended, what was refused kept, and all of it on the disk.</summary>
internal sealed class HttpIntake(Intake intake, ExternalScorer scorer, IngestMetrics metrics, ObjectPool<MappingRun> runs, KnownDevices known, TimeProvider clock)
{
    public const string Transport = "http";

    /// <summary>Takes a message and answers once it is durable. The answer gets the run, or null where the spool is full and nothing was taken.</summary>
    /// <exception cref="IOException">The disk has failed: do not acknowledge.</exception>
    public async Task<T> TakeAsync<T>(CompiledSource source, HttpRequest request, ReadOnlyMemory<byte> payload, Func<MappingRun?, T> answer, CancellationToken cancellationToken)
    {
        Origin origin = Origin.Now(metrics.For(source.Name, Transport), request.Path, clock);
        origin.Meter.Received(1, payload.Length, origin.ReceivedNs);
        MappingRun run = runs.Get();
        try
        {
            byte[] topic = System.Text.Encoding.UTF8.GetBytes(request.Query["topic"].ToString());
            var properties = new RequestProperties(request);
            TextScores? scores = await scorer.AskAsync(source, Message(payload, topic, properties, origin, null), run, cancellationToken);
            if (!intake.TryAppend(source, origin.Meter, Message(payload, topic, properties, origin, scores), run, out IntakeTicket ticket)) return answer(null);

            if (run.FilteredCount > 0) origin.Meter.FilteredElements(run.FilteredCount);
            if (run.RejectedCount > 0)
                ticket = await intake.RejectAsync(ticket, origin with { Properties = RequestProperties.ToKeep(request) }, run.Rejections, run.RejectedCount, payload, cancellationToken);
            await intake.WaitDurableAsync(ticket, origin, cancellationToken);
            origin.Meter.AcknowledgedMessages(1);
            return answer(run);
        }
        finally
        {
            runs.Return(run);
        }
    }

    private Message Message(ReadOnlyMemory<byte> payload, byte[] topic, RequestProperties properties, Origin origin, TextScores? scores) => new()
    {
        Payload = payload.Span,
        Topic = topic,
        Properties = properties,
        ReceivedNs = origin.ReceivedNs,
        Devices = known.InUse,
        Scores = scores,
    };
}
