using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Storage.Rollups;

namespace CityPerception.Channels;

/// <summary>Says why a value is what it is: the definition, the formula with its numbers, and what was shown before.</summary>
internal sealed partial class ViewExplainer(RollupInputs inputs, ViewReader reader, IStore store)
{
    public async Task<ExplainAnswer> ExplainAsync(Channel channel, Kpi kpi, ViewWindow window, DateTimeOffset at, ViewKey key, IngestPlan plan, CancellationToken cancellationToken)
    {
        City city = plan.City;
        DateTimeOffset from = ViewWindows.StartOf(window, at, city.Zone), to = ViewWindows.Next(window, from, city.Zone);
        WindowPartials partials = await inputs.ReadAsync([.. kpi.Asked], window, from, to, city, cancellationToken);
        List<ExplainedInput> explained = [];
        foreach (KpiInput input in kpi.Inputs)
        {
            Partial partial = partials[input.Key].GetValueOrDefault(key, Partial.None);
            double value = input.ValueOf(partial);
            explained.Add(new ExplainedInput(
                input.Name, input.Key, double.IsNaN(value) ? null : value, partial.Count, input.Measurement, input.Field, await PointsOfAsync(input, from, to, key, city, cancellationToken), RefusedOf(input.Measurement, from, plan)));
        }

        var query = new ViewQuery(channel.Slug, window, from, to) { Kpi = kpi.Id, District = key.District, Group = key.Group };
        ChannelView? shown = (await reader.ReadAsync(query, cancellationToken)).FirstOrDefault(static v => !v.Void);
        IReadOnlyList<ChannelView> revisions = await reader.RevisionsAsync(query, cancellationToken);
        return new ExplainAnswer
        {
            Kpi = kpi.Id,
            Name = kpi.Names,
            Description = kpi.Description,
            DefinedBy = kpi.DefinedBy,
            Unit = kpi.Unit,
            District = key.District,
            Group = key.Group.Length > 0 ? key.Group : null,
            GroupName = GroupNameOf(kpi, key.Group, plan),
            Window = ViewWindows.NameOf(window),
            From = TimeZoneInfo.ConvertTime(from, city.Zone),
            To = TimeZoneInfo.ConvertTime(to, city.Zone),
            Formula = kpi.Formula.ToString(),
            Computation = NameForm().Replace(kpi.Formula.ToString(), m => explained.FirstOrDefault(i => i.Name == m.Value) is { } input
                ? input.Value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "?"
                : m.Value),
            Inputs = explained,
            Coverage = CoverageOf(kpi, ViewCalculator.CoverageOf(kpi, key, partials)),
            Shown = shown is null ? null : PointOf(kpi, shown, plan),
            Revisions = [.. revisions.OrderBy(static v => v.Revision).Select(v => PointOf(kpi, v, plan))],
            Levels = kpi.Levels is { } levels ? LevelWords.Of(levels) : null,
            Bounds = kpi.Levels is { } judged ? [.. judged.Bands.Select(static (b, i) => new LevelBound(ChannelJson.NameOf((Level)i), Finite(b.Min), Finite(b.Max)))] : null,
        };
    }

    // A letter's time is its arrival: what belongs to the window may have come after it.
    private static RefusedOf[] RefusedOf(string measurement, DateTimeOffset from, IngestPlan plan) =>
        [.. plan.Sources.Values.Where(s => s.Measurements.Contains(measurement)).Select(static s => s.Name).Order(StringComparer.Ordinal)
            .Select(s => new RefusedOf(s, $"{LetterEndpoints.Path}?source={Uri.EscapeDataString(s)}&since={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"))];

    private static ExplainedCoverage? CoverageOf(Kpi kpi, Partial expected) =>
        expected.Count == 0 ? null : new ExplainedCoverage(expected.Count, (long)expected.Sum, expected.Sum / expected.Count, kpi.MinCoverage);

    private async Task<RawPoints> PointsOfAsync(KpiInput input, DateTimeOffset from, DateTimeOffset to, ViewKey key, City city, CancellationToken cancellationToken)
    {
        ImmutableArray<Filter> where = input.Where;
        if (key.District != city.Code) where = where.Add(new Filter.Tag(ChannelViews.District, [key.District]));
        if (input.By is { } by) where = where.Add(new Filter.Tag(by, [key.Group]));
        // What is counted without repetition is a tag: the fields of its points are all of interest.
        var query = new PointQuery { Measurement = input.Measurement, Fields = input.Kind is InputKind.Distinct or InputKind.Calculated ? [] : [input.Field], From = from, To = to, Where = where };
        return new RawPoints(
            TimeZoneInfo.ConvertTime(from, city.Zone), TimeZoneInfo.ConvertTime(to, city.Zone), query.Fields, [.. where.Select(static w => w.ToString())], store.Name, await store.TextOfAsync(query, cancellationToken));
    }

    private static double? Finite(double bound) => double.IsFinite(bound) ? bound : null;

    public static SeriesPoint PointOf(Kpi kpi, ChannelView view, IngestPlan plan) => new(
        TimeZoneInfo.ConvertTime(view.Start, plan.City.Zone), view.Key.Group.Length > 0 ? view.Key.Group : null, view.Value, view.Num, view.Den,
        ChannelJson.NameOf(view.Level), view.Coverage, view.Samples, view.Revision, TimeZoneInfo.ConvertTime(view.ComputedAt, plan.City.Zone))
    { GroupName = GroupNameOf(kpi, view.Key.Group, plan), Text = view.Text, Reason = LevelReason.Of(kpi, view) };

    /// <summary>What a group of a KPI is called; null for none.</summary>
    public static Names? GroupNameOf(Kpi kpi, string? group, IngestPlan plan) => kpi.By is { } by && group is { Length: > 0 } ? plan.Measurements.NamesOf(by, group) : null;

    [GeneratedRegex("[a-z][a-z0-9_]*", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
