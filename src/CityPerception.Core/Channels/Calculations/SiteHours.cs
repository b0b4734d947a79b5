using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>A site, with what calculations ask of it.</summary>
/// <param name="District">Its district; empty for none.</param>
/// <param name="Category">Its class of area, its kind of water.</param>
/// <param name="Device">Its id.</param>
/// <param name="Group">The value of the tag that the KPI is given by; empty for none.</param>
internal readonly record struct Site(string District, string Category, string Device, string Group);

/// <summary>Hourly means of sites: those that a logger itself computed (field_avg, period hour), else of the samples.</summary>
internal sealed class SiteHours(CalculationScope scope, string measurement)
{
    private const string Period = "period", Hour = "hour";

    /// <summary>The mean of each field, NaN where it does not count.</summary>
    /// <param name="fields">Of the samples.</param>
    /// <param name="from">The first hour.</param>
    /// <param name="to">The end of the last.</param>
    /// <param name="slot">Hours are cut into slots of this length.</param>
    /// <param name="slots">So many must have a sample; with more than an hour has, only means of loggers count.</param>
    public async Task<Dictionary<(Site Site, DateTimeOffset Hour), double[]>> ReadAsync(
        IReadOnlyList<string> fields, DateTimeOffset from, DateTimeOffset to, TimeSpan slot, int slots, CancellationToken cancellationToken)
    {
        Dictionary<(Site, DateTimeOffset), Means> sums = [];
        await AddAsync(sums, fields, "", from, to, slot, scope.Where, cancellationToken);
        Dictionary<(Site, DateTimeOffset), Means> reported = [];
        await AddAsync(reported, fields, "_avg", from, to, TimeSpan.FromHours(1), scope.Where.Add(new Filter.AnyText(Period, [Hour])), cancellationToken);
        return sums.Keys.Union(reported.Keys).ToDictionary(static k => k, k => Merge(sums.GetValueOrDefault(k), reported.GetValueOrDefault(k), fields.Count, slots));
    }

    /// <summary>Sums, counts and slots of each field, by site and hour.</summary>
    private async Task AddAsync(
        Dictionary<(Site, DateTimeOffset), Means> sums, IReadOnlyList<string> fields, string suffix, DateTimeOffset from, DateTimeOffset to, TimeSpan slot, ImmutableArray<Filter> where, CancellationToken cancellationToken)
    {
        var query = new AggregateQuery
        {
            Measurement = measurement,
            Select = [.. fields.SelectMany(f => new[] { new Selection(f + suffix, Aggregate.Count), new Selection(f + suffix, Aggregate.Sum) })],
            From = from,
            To = to,
            Window = new WindowSize.Fixed(slot),
            GroupBy = Tags,
            Where = where,
        };
        foreach (AggregateRow row in await scope.Store.AggregateAsync(query, cancellationToken))
        {
            ref Means? means = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (SiteOf(row), ViewWindows.StartOf(ViewWindow.Hour, row.Start, scope.City.Zone)), out _);
            means ??= new Means(fields.Count);
            for (int i = 0; i < fields.Count; i++) means.Add(i, row.Values[2 * i] ?? 0, row.Values[2 * i + 1] ?? 0);
        }
    }

    private ImmutableArray<string> Tags => [ChannelViews.District, "category", "device", .. scope.By is null or "category" or "device" ? Array.Empty<string>() : [scope.By]];

    private Site SiteOf(AggregateRow row) => new(row.Group[0], row.Group[1], row.Group[2], scope.By switch { null => "", "category" => row.Group[1], "device" => row.Group[2], _ => row.Group[3] });

    private static double[] Merge(Means? samples, Means? reported, int fields, int slots) =>
        [.. Enumerable.Range(0, fields).Select(i => reported?.Of(i, 1) is { } mean && !double.IsNaN(mean) ? mean : samples?.Of(i, slots) ?? double.NaN)];

    private sealed class Means(int fields)
    {
        private readonly double[] _counts = new double[fields], _sums = new double[fields];
        private readonly int[] _slots = new int[fields];

        public void Add(int field, double count, double sum)
        {
            if (count == 0) return;
            _counts[field] += count;
            _sums[field] += sum;
            _slots[field]++;
        }

        public double Of(int field, int slots) => _slots[field] > 0 && _slots[field] >= slots ? _sums[field] / _counts[field] : double.NaN;
    }
}
