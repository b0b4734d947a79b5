using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage;

/// <summary>What can be measured between acknowledged and stored. The methods are named after what happened.</summary>
public sealed class StorageMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "CityPerception.Storage";

    private static readonly FrozenDictionary<RejectionReason, KeyValuePair<string, object?>> Reasons =
        Enum.GetValues<RejectionReason>().ToFrozenDictionary(r => r, r => ErrorType(JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString())));

    private readonly Meter _meter;
    private readonly Counter<long> _written, _refused, _batches, _retries, _letters, _lettersRemoved, _lettersReplayed, _damaged, _projectionFailures, _appealsLate;
    private readonly Histogram<double> _duration;
    private readonly ConcurrentQueue<SpoolMeter> _spools = [];

    public StorageMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _written = _meter.CreateCounter<long>("cityperception.dispatch.lines.written", "{line}", "Lines that the store has taken.");
        _refused = _meter.CreateCounter<long>("cityperception.dispatch.lines.refused", "{line}", "Lines that the store will never take.");
        _batches = _meter.CreateCounter<long>("cityperception.dispatch.batches", "{batch}", "Batches whose fate is known.");
        _retries = _meter.CreateCounter<long>("cityperception.dispatch.retries", "{retry}", "Attempts that failed and are repeated.");
        _duration = _meter.CreateHistogram<double>("cityperception.dispatch.write.duration", "s", "How long the store takes for a batch, by attempt.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _letters = _meter.CreateCounter<long>("cityperception.deadletters.written", "{letter}", "Dead letters written, by their first reason.");
        _lettersRemoved = _meter.CreateCounter<long>("cityperception.deadletters.removed", "{letter}", "Dead letters removed because of age or space; those in state open were never replayed.");
        _lettersReplayed = _meter.CreateCounter<long>("cityperception.deadletters.replayed", "{letter}", "Dead letters whose observations are durable.");
        _damaged = _meter.CreateCounter<long>("cityperception.spool.records.damaged", "{record}", "Places in the spool where the disk no longer had what was written.");
        _projectionFailures = _meter.CreateCounter<long>("cityperception.projections.failures", "{batch}", "Batches that a projection passed over because of a defect; it has to be rebuilt from the store.");
        _appealsLate = _meter.CreateCounter<long>("cityperception.links.late", "{appeal}", "Appeals that came too late to be linked at once; rebuilding the links takes them in.");
        _meter.CreateObservableUpDownCounter("cityperception.spool.size", () => Of(static s => s.Spool.Bytes), "By", "What is acknowledged and not yet stored.");
        _meter.CreateObservableGauge("cityperception.spool.age", () => Of(static s => s.Spool.OldestAge().TotalSeconds), "s", "How long the oldest record has been waiting.");
        _meter.CreateObservableCounter("cityperception.spool.lines.appended", () => Of(static s => s.Spool.LinesAppended), "{line}", "Lines appended to the spool.");
        // appended + recovered = written + refused + waiting
        _meter.CreateObservableCounter("cityperception.spool.lines.recovered", () => Of(static s => s.LinesRecovered), "{line}", "Lines that an earlier run left in the spool, as they are read.");
        _meter.CreateObservableUpDownCounter("cityperception.spool.lines.waiting", () => Of(static s => s.LinesWaiting), "{line}", "Lines acknowledged and not yet stored or refused.");
        _meter.CreateObservableUpDownCounter("cityperception.spool.failed", () => Of(static s => s.Spool.Failure is null ? 0 : 1), "{spool}", "1 while the disk has failed and nothing is acknowledged.");
    }

    /// <summary>Shows a spool, and what becomes of its lines, under a name.</summary>
    public SpoolMeter Follow(Spool spool, string name)
    {
        var meter = new SpoolMeter(spool, name);
        _spools.Enqueue(meter);
        return meter;
    }

    /// <summary>Shows how much there is of the dead letters, and may be, whenever somebody looks.</summary>
    public void Observe(DeadLetterLog letters)
    {
        _meter.CreateObservableUpDownCounter("cityperception.deadletters.size", () => letters.Bytes, "By", "What the dead letters occupy.");
        _meter.CreateObservableUpDownCounter("cityperception.deadletters.limit", () => letters.Limits.MaxBytes, "By", "What the dead letters may occupy; past it the oldest are removed.");
        _meter.CreateObservableGauge("cityperception.deadletters.ageing", () => letters.Limits.Ageing, "{letter}", "Dead letters that nobody has replayed and that are past 80 % of their greatest age; looked at once an hour.");
    }

    internal void BatchStored(SpoolMeter spool, int written, int refused)
    {
        spool.Stored(written, refused);
        _batches.Add(1, spool.Tags);
        _written.Add(written, spool.Tags);
        if (refused > 0) _refused.Add(refused, [.. spool.Tags, Reasons[RejectionReason.RefusedByStore]]);
    }

    internal void Attempted(double seconds, string? errorType)
    {
        if (errorType is null) _duration.Record(seconds);
        else _duration.Record(seconds, ErrorType(errorType));
    }

    internal void Retried(string errorType) => _retries.Add(1, ErrorType(errorType));

    internal void LetterWritten(RejectionReason reason) => _letters.Add(1, Reasons[reason]);

    internal void LettersReplayed(int count) => _lettersReplayed.Add(count);

    internal void LettersRemoved(int open, int replayed)
    {
        if (open > 0) _lettersRemoved.Add(open, new KeyValuePair<string, object?>("state", "open"));
        if (replayed > 0) _lettersRemoved.Add(replayed, new KeyValuePair<string, object?>("state", "replayed"));
    }

    internal void RecordDamaged(SpoolMeter spool) => _damaged.Add(1, spool.Tags);

    internal void ProjectionFailed(string projection) => _projectionFailures.Add(1, new KeyValuePair<string, object?>("projection", projection));

    internal void AppealsLate(int count) => _appealsLate.Add(count);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<T>> Of<T>(Func<SpoolMeter, T> read)
        where T : struct => _spools.Select(s => new Measurement<T>(read(s), s.Tags));

    private static KeyValuePair<string, object?> ErrorType(string name) => new("error.type", name);
}
