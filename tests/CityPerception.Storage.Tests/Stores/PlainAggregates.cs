using System.Collections.Immutable;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>Aggregates in the plainest words: what the stores must answer.</summary>
internal static class PlainAggregates
{
    /// <param name="query">What is asked.</param>
    /// <param name="points">Of its range and conditions, in order of time.</param>
    public static List<AggregateRow> Of(AggregateQuery query, IEnumerable<PlainPoint> points)
    {
        Dictionary<(DateTimeOffset Start, string Group), (ImmutableArray<string> Group, List<PlainPoint> Points)> windows = [];
        foreach (PlainPoint point in points)
        {
            ImmutableArray<string> group = [.. query.GroupBy.Select(t => point.Tags.GetValueOrDefault(t, ""))];
            var key = (StartOf(query, point.TimeNs), string.Join('\u0001', group));
            if (!windows.TryGetValue(key, out var window)) windows[key] = window = (group, []);
            window.Points.Add(point);
        }

        return [.. windows.Select(w => new AggregateRow(w.Key.Start, w.Value.Group, [.. query.Select.Select(s => Value(s, w.Value.Points))])).Where(static r => r.Values.Any(static v => v is not null))];
    }

    private static DateTimeOffset StartOf(AggregateQuery query, long timeNs) => query.Window switch
    {
        WindowSize.Fixed { Length: var length } => DateTimeOffset.UnixEpoch + (long)Math.Floor((decimal)timeNs / (length.Ticks * 100)) * length,
        WindowSize.CivilDay { Zone: var zone } => CivilDays.Start(CivilDays.DateOf(ObservationTime.FromUnixNs(timeNs), zone), zone),
        _ => query.From.ToUniversalTime(),
    };

    private static double? Value(Selection selection, List<PlainPoint> points)
    {
        double[] values = [.. points.Select(p => p.Number(selection.Field)).OfType<double>()];
        if (values.Length == 0) return null;
        return selection.Function switch
        {
            Aggregate.Mean => values.Average(),
            Aggregate.Sum => values.Sum(),
            Aggregate.Min => values.Min(),
            Aggregate.Max => values.Max(),
            Aggregate.Count => values.Length,
            Aggregate.First => values[0],
            Aggregate.Last => values[^1],
            Aggregate.Spread => values.Max() - values.Min(),
            Aggregate.EnergySum => values.Sum(static v => Math.Pow(10, v / 10)),
            Aggregate.Percentile => Percentile(values, selection.Percentile),
            _ => throw new ArgumentException($"Unknown aggregate: {selection.Function}."),
        };
    }

    private static double? Percentile(double[] values, double percentile)
    {
        Array.Sort(values);
        int rank = (int)Math.Floor(values.Length * percentile / 100 + 0.5);
        return rank == 0 ? null : values[rank - 1];
    }
}
