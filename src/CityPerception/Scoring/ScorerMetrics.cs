using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CityPerception.Observability;

namespace CityPerception.Scoring;

/// <summary>Who scored, and why it was not the scorer.</summary>
internal sealed class ScorerMetrics
{
    private static readonly FrozenDictionary<ScorerFault, string> Names = Enum.GetValues<ScorerFault>().ToFrozenDictionary(f => f, f => JsonNamingPolicy.SnakeCaseLower.ConvertName(f.ToString()));

    private readonly Counter<long> _texts;
    private readonly Histogram<double> _duration;

    public ScorerMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(IngestMetrics.MeterName);
        _texts = meter.CreateCounter<long>("cityperception.scorer.texts", "{text}", "Texts of which scores were wanted while a scorer is set, by who gave them: scorer, cache or, with the reason, lexicon.");
        _duration = meter.CreateHistogram("cityperception.scorer.duration", "s", "Time that a scorer took to answer, or to fail.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5] });
    }

    public void Asked(TimeSpan took, ScorerFault fault)
    {
        if (fault is ScorerFault.LeftAlone) return; // it was not
        if (fault is ScorerFault.None) _duration.Record(took.TotalSeconds);
        else _duration.Record(took.TotalSeconds, Type(fault));
    }

    public void Scored(int asked, int cached)
    {
        if (asked > 0) _texts.Add(asked, By("scorer"));
        if (cached > 0) _texts.Add(cached, By("cache"));
    }

    public void FellBack(int texts, ScorerFault fault) => _texts.Add(texts, By("lexicon"), Type(fault));

    private static KeyValuePair<string, object?> By(string who) => new("by", who);

    private static KeyValuePair<string, object?> Type(ScorerFault fault) => new("error.type", Names[fault]);
}
