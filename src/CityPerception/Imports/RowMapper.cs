using CityPerception.Core.LineProtocol;
using CityPerception.Core.LineProtocol.Intake;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Understanding;
using CityPerception.Scoring;
using CityPerception.Sources;
using CityPerception.Sources.Http;

namespace CityPerception.Imports;

/// <summary>Makes observations of rows: by a source's mapping, or by the check that line protocol goes through. One thread.</summary>
internal abstract class RowMapper
{
    /// <summary>The property that says in what unit the times of line protocol are.</summary>
    public const string Precision = "precision";

    /// <summary>The source's name.</summary>
    public abstract string Name { get; }

    /// <summary>What became of the row, until the next.</summary>
    public abstract LineBuffer Lines { get; }

    public abstract IReadOnlyList<Rejection> Rejections { get; }

    public abstract int RejectedCount { get; }

    public abstract int FilteredCount { get; }

    /// <summary>Makes ready what a row's mapping has to wait for. A row of most sources waits for nothing.</summary>
    public virtual ValueTask PrepareAsync(ReadOnlyMemory<byte> document, long receivedNs, CancellationToken cancellationToken) => default;

    public abstract void Map(ReadOnlySpan<byte> document, long receivedNs);

    /// <summary>The mapper of a source, or null if there is none of the name.</summary>
    /// <param name="plan">The configuration.</param>
    /// <param name="source">A source's name, or <c>line-protocol</c> for lines with the city's measurements.</param>
    /// <param name="properties">What mappings may read beside the row.</param>
    /// <param name="scorer">Asked for scores of texts; null where the lexicon alone gives them.</param>
    public static RowMapper? Find(IngestPlan plan, string source, IReadOnlyDictionary<string, string> properties, ExternalScorer? scorer = null)
    {
        if (plan.Sources.TryGetValue(source, out CompiledSource? compiled))
            return scorer?.IsFor(compiled) is true ? new OfScoredSource(compiled, new KeptProperties(properties), scorer) : new OfSource(compiled, new KeptProperties(properties));
        if (source != LineProtocolEndpoint.Source || !TimePrecision.TryParse(properties.GetValueOrDefault(Precision), out TimePrecision precision)) return null;
        return new OfLines(plan, precision);
    }

    /// <summary>What a source takes, or null if there is none of the name.</summary>
    public static ImportSource? Describe(IngestPlan plan, string source) =>
        plan.Sources.TryGetValue(source, out CompiledSource? compiled)
            ? new ImportSource(source, compiled.File.Decode, compiled.ReadMembers is { } members ? [.. members.Order(StringComparer.Ordinal)] : null, compiled.WantsWholeArray)
            : source == LineProtocolEndpoint.Source ? new ImportSource(source, null, null, false) : null;

    /// <summary>Says that there is no source of this name.</summary>
    public static string Unknown(IngestPlan plan, string source) => $"No source is named '{source}'{Cli.Hints.DidYouMean(source, plan.Sources.Keys)} 没有这个数据源。";

    private class OfSource(CompiledSource source, KeptProperties properties) : RowMapper
    {
        protected CompiledSource Source => source;

        protected MappingRun Run { get; } = new();

        /// <summary>Of the row at hand.</summary>
        protected TextScores? Scores { get; set; }

        public override string Name => source.Name;

        public override LineBuffer Lines => Run.Lines;

        public override IReadOnlyList<Rejection> Rejections => Run.Rejections;

        public override int RejectedCount => Run.RejectedCount;

        public override int FilteredCount => Run.FilteredCount;

        public override void Map(ReadOnlySpan<byte> document, long receivedNs) =>
            source.Map(Message(document, receivedNs), Run);

        protected Message Message(ReadOnlySpan<byte> document, long receivedNs) =>
            new() { Payload = document, ReceivedNs = receivedNs, Properties = properties, Scores = Scores };
    }

    private sealed class OfScoredSource(CompiledSource source, KeptProperties properties, ExternalScorer scorer) : OfSource(source, properties)
    {
        public override async ValueTask PrepareAsync(ReadOnlyMemory<byte> document, long receivedNs, CancellationToken cancellationToken) =>
            Scores = await scorer.AskAsync(Source, Message(document.Span, receivedNs), Run, cancellationToken);
    }

    private sealed class OfLines(IngestPlan plan, TimePrecision precision) : RowMapper
    {
        private readonly LineIntake _intake = new(plan.Measurements);
        private LineIntakeResult _result = new(0, 0, []);

        public override string Name => LineProtocolEndpoint.Source;

        public override LineBuffer Lines { get; } = new();

        public override IReadOnlyList<Rejection> Rejections => _result.Rejections;

        public override int RejectedCount => _result.Rejected;

        public override int FilteredCount => 0;

        public override void Map(ReadOnlySpan<byte> document, long receivedNs)
        {
            Lines.Clear();
            _result = _intake.Take(document, LineProtocolEndpoint.Terms(plan, precision, receivedNs), Lines);
        }
    }
}
