using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Observability;

/// <summary>The instruments of everything before the spool: what came, what became of it, how long it took.</summary>
internal sealed class IngestMetrics
{
    public const string MeterName = "CityPerception.Ingest";

    /// <summary>Messages that belong to no source are counted under this name.</summary>
    public const string NoSource = "(none)";

    /// <summary>Each reason's name in metrics, answers and screens: snake_case.</summary>
    public static readonly FrozenDictionary<RejectionReason, string> ReasonNames =
        Enum.GetValues<RejectionReason>().ToFrozenDictionary(r => r, r => JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString()));

    private readonly ConcurrentDictionary<(string Source, string Transport), SourceMeter> _sources = new();
    private readonly Histogram<double> _durable;

    public IngestMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(MeterName);
        Observe(meter, "cityperception.ingest.messages", "{message}", "Messages received.", s => s.Messages);
        Observe(meter, "cityperception.ingest.size", "By", "Bytes of messages received.", s => s.Bytes);
        Observe(meter, "cityperception.ingest.acknowledged", "{message}", "Messages acknowledged to their sender, after they were durable.", s => s.Acknowledged);
        Observe(meter, "cityperception.ingest.observations", "{observation}", "Observations accepted.", s => s.Accepted);
        Observe(meter, "cityperception.ingest.filtered", "{element}", "Elements that the source's condition left out.", s => s.Filtered);
        meter.CreateObservableCounter("cityperception.ingest.rejected", Rejected, "{element}", "Elements refused, by reason.");
        _durable = meter.CreateHistogram("cityperception.ingest.durable.duration", "s", "Time from the receipt of a message to its being durable in the spool.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    /// <summary>Every source and transport that has been asked for.</summary>
    public IEnumerable<SourceMeter> Sources => _sources.Values;

    /// <summary>
    /// The meter of a source over a transport; ask once and keep it. Both names come from configuration and code, never
    /// from a message, so that their number stays bounded.
    /// </summary>
    public SourceMeter For(string source, string transport) =>
        _sources.GetOrAdd((source, transport), static (key, durable) => new SourceMeter(key.Source, key.Transport, isLive: true, durable), _durable);

    /// <summary>The same for what is brought in late and in bulk, which the live page leaves out.</summary>
    public SourceMeter ForBackfill(string source, string transport) =>
        _sources.GetOrAdd((source, transport), static (key, durable) => new SourceMeter(key.Source, key.Transport, isLive: false, durable), _durable);

    private void Observe(Meter meter, string name, string unit, string description, Func<SourceMeter, long> read) =>
        meter.CreateObservableCounter(name, () => Sources.Select(s => new Measurement<long>(read(s), s.Tags)), unit, description);

    private IEnumerable<Measurement<long>> Rejected()
    {
        foreach (SourceMeter source in Sources)
        {
            foreach ((RejectionReason reason, string name) in ReasonNames)
            {
                long count = source.RejectedFor(reason);
                if (count > 0) yield return new Measurement<long>(count, [.. source.Tags, new("error.type", name)]);
            }
        }
    }
}
