using System.Collections.Immutable;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// Days of the year so far that have an index of the air, or whose index is at most 100 (HJ 663-2013). Of days before those asked
/// for the index is that of the KPI aqi_day: a year is not computed anew every day.
/// </summary>
internal sealed class AirDays(string name, int highest) : ICalculation
{
    private const string Index = "aqi_day";

    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = ["air_quality"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(to, CivilDays.YearStart(to, zone, 1))];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<(DateTimeOffset Start, ViewKey Key, double Aqi)> days = [.. (await new AirIndices(scope).ReadAsync(cancellationToken)).Select(static i => (i.Start, i.Key, (double)i.Index.Aqi))];
        days.AddRange(await BeforeAsync(scope, cancellationToken));
        var byKey = days.GroupBy(static d => d.Key).ToArray();
        return [.. scope.Starts.SelectMany(start => byKey.Select(group =>
        {
            DateTimeOffset year = CivilDays.YearStart(start, scope.City.Zone);
            double[] soFar = [.. group.Where(d => d.Start >= year && d.Start <= start).Select(static d => d.Aqi)];
            return new CalculatedPartial(start, group.Key, new Partial(soFar.Length, soFar.Count(a => a <= highest)));
        })).Where(static p => p.Partial.Count > 0)];
    }

    private static async Task<List<(DateTimeOffset, ViewKey, double)>> BeforeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        var query = new AggregateQuery
        {
            Measurement = ChannelViews.Measurement,
            Select = [new Selection("value", Aggregate.Last)],
            From = CivilDays.YearStart(scope.From, scope.City.Zone),
            To = scope.From,
            Window = ViewWindows.SizeOf(ViewWindow.Day, scope.City.Zone),
            GroupBy = [ChannelViews.District, ChannelViews.Group],
            Where = [new Filter.Tag(ChannelViews.Source, [""]), new Filter.Tag(ChannelViews.Kpi, [Index]), new Filter.Tag(ChannelViews.Window, [ViewWindows.NameOf(ViewWindow.Day)]), new Filter.Number("void", Comparison.Equal, 0)],
        };
        if (query.From >= query.To) return [];
        return [.. (await scope.Store.AggregateAsync(query, cancellationToken)).Where(static r => r.Values[0] is not null)
            .Select(static r => (r.Start, new ViewKey(r.Group[0], r.Group[1]), r.Values[0]!.Value))];
    }
}
