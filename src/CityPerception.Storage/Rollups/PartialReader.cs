using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Rollups;

/// <summary>Asks a store for the points of inputs, as partials of districts and of the city.</summary>
internal sealed class PartialReader(IStore store, FirstPoints firsts, ICaseStates cases, City place)
{
    private const string District = ChannelViews.District;

    private readonly string _city = place.Code;
    private readonly TimeZoneInfo _zone = place.Zone;

    /// <summary>The partials of every window of a range, from the points themselves.</summary>
    public async Task<IReadOnlyDictionary<DateTimeOffset, WindowPartials>> ReadAsync(
        IEnumerable<KpiInput> inputs, ViewWindow window, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        Dictionary<DateTimeOffset, WindowPartials> windows = ViewWindows.Between(window, from, to, _zone).ToDictionary(static s => s, static _ => new WindowPartials());
        Dictionary<string, object> read = [];
        var range = new Range(window, ViewWindows.SizeOf(window, _zone), from, to);
        KpiInput[] distinct = [.. inputs.DistinctBy(static i => i.Key)];
        if (distinct.Where(static i => i.IsAgainstWeeks).ToArray() is { Length: > 0 } compared) await new WeekComparison(firsts, this, _zone).AddAsync(compared, window, from, to, windows, cancellationToken);
        foreach (IGrouping<QueryKey, KpiInput> alike in distinct.Where(static i => !i.IsAgainstWeeks).GroupBy(QueryKey.Of))
        {
            KpiInput[] same = [.. alike];
            if (same[0].Calculation is { } calculation) await CalculateAsync(calculation, same[0], range, read, windows, cancellationToken);
            else if (same[0].Kind is InputKind.Distinct) await CountDistinctAsync(same[0], range, windows, cancellationToken);
            else if (same[0].Per is not null) await AverageSitesAsync(same, range, windows, cancellationToken);
            else await AggregateAsync(same, range, windows, cancellationToken);
        }

        // Every input is there in every window, be it with no group: that too is an answer.
        foreach (WindowPartials partials in windows.Values)
        {
            foreach (KpiInput input in distinct) partials.Of(input.Key);
        }

        return windows;
    }

    private async Task CalculateAsync(ICalculation calculation, KpiInput input, Range range, Dictionary<string, object> read, Dictionary<DateTimeOffset, WindowPartials> windows, CancellationToken cancellationToken)
    {
        // Of one that is defined for hours alone, and adds up, days are made of its hours.
        ViewWindow window = calculation.Windows.Contains(range.Window) ? range.Window : ViewWindow.Hour;
        var scope = new CalculationScope { Store = store, Cases = cases, City = place, Window = window, From = range.From, To = range.To, Where = input.Where, By = input.By, Read = read };
        foreach (CalculatedPartial result in await calculation.ComputeAsync(scope, cancellationToken))
            windows[ViewWindows.StartOf(range.Window, result.Start, _zone)].Add(input.Key, result.Key, result.Partial);
    }

    // Inputs over the same points in one pass; the city's is the sum of its districts', but a percentile's, which is asked for.
    private async Task AggregateAsync(KpiInput[] inputs, Range range, Dictionary<DateTimeOffset, WindowPartials> windows, CancellationToken cancellationToken)
    {
        var columns = new Columns(inputs);
        string? by = inputs[0].By;
        string[] groups = by is null ? [District] : [District, by];
        foreach (AggregateRow row in await store.AggregateAsync(Query(inputs[0], columns.Selections, range, groups), cancellationToken))
            Spread(row, by is null ? "" : row.Group[1], inputs.Select(i => (i, columns.PartialOf(i, row))), windows);
        if (!inputs.Any(static i => i.Kind is InputKind.Percentile)) return;

        string[] cityGroups = by is null ? [] : [by];
        foreach (AggregateRow row in await store.AggregateAsync(Query(inputs[0], columns.Selections, range, cityGroups), cancellationToken))
        {
            foreach (KpiInput input in inputs.Where(static i => i.Kind is InputKind.Percentile))
                windows[row.Start].Of(input.Key)[new ViewKey(_city, by is null ? "" : row.Group[0])] = columns.PartialOf(input, row);
        }
    }

    private async Task CountDistinctAsync(KpiInput input, Range range, Dictionary<DateTimeOffset, WindowPartials> windows, CancellationToken cancellationToken)
    {
        string field = input.Where.OfType<Filter.Number>().First().Field;
        string[] groups = input.By is null ? [District, input.Field] : [District, input.By, input.Field];
        var seen = new HashSet<(DateTimeOffset, ViewKey, string)>();
        foreach (AggregateRow row in await store.AggregateAsync(Query(input, [new Selection(field, Aggregate.Count)], range, groups), cancellationToken))
        {
            string group = input.By is null ? "" : row.Group[1], value = row.Group[^1];
            if (value.Length == 0) continue;
            foreach (string district in place.PlacesOf(row.Group[0]))
            {
                var key = new ViewKey(district, group);
                if (seen.Add((row.Start, key, value))) windows[row.Start].Add(input.Key, key, new Partial(1, 1));
            }
        }
    }

    // The mean of what each site has by itself, of those that sent enough: a station that sends twice as often counts once.
    private async Task AverageSitesAsync(KpiInput[] inputs, Range range, Dictionary<DateTimeOffset, WindowPartials> windows, CancellationToken cancellationToken)
    {
        KpiInput first = inputs[0];
        var columns = new Columns(inputs);
        string[] groups = first.By is null ? [District, first.Per!] : [District, first.By, first.Per!];
        Range slots = first.Every is { } every ? range with { Size = new WindowSize.Fixed(every) } : range;
        IReadOnlyList<AggregateRow> rows = await store.AggregateAsync(Query(first, columns.Selections, slots, groups), cancellationToken);
        foreach (IGrouping<(DateTimeOffset Start, string District, string Group, string Site), AggregateRow> site in rows.GroupBy(r =>
            (ViewWindows.StartOf(range.Window, r.Start, _zone), r.Group[0], first.By is null ? "" : r.Group[1], r.Group[^1])))
        {
            long expected = first.Every is { } length ? (ViewWindows.Next(range.Window, site.Key.Start, _zone) - site.Key.Start).Ticks / length.Ticks : 1;
            foreach (KpiInput input in inputs)
            {
                Partial[] partials = [.. site.Select(row => columns.PartialOf(input, row)).Where(static p => p.Count > 0)];
                if (partials.Length == 0 || partials.Length < input.Least * expected) continue;
                double value = (input with { Per = null }).ValueOf(partials.Aggregate(Partial.None, static (a, b) => a.And(b)));
                foreach (string district in place.PlacesOf(site.Key.District))
                    windows[site.Key.Start].Add(input.Key, new ViewKey(district, site.Key.Group), new Partial(1, value));
            }
        }
    }

    private void Spread(AggregateRow row, string group, IEnumerable<(KpiInput Input, Partial Partial)> partials, Dictionary<DateTimeOffset, WindowPartials> windows)
    {
        foreach ((KpiInput input, Partial partial) in partials)
        {
            foreach (string district in input.Kind is InputKind.Percentile ? [row.Group[0]] : place.PlacesOf(row.Group[0]))
            {
                if (district.Length > 0 && partial.Count > 0) windows[row.Start].Add(input.Key, new ViewKey(district, group), partial);
            }
        }
    }

    private static AggregateQuery Query(KpiInput input, ImmutableArray<Selection> select, Range range, string[] groups) => new()
    {
        Measurement = input.Measurement,
        Select = select,
        From = range.From,
        To = range.To,
        Window = range.Size,
        GroupBy = [.. groups],
        Where = input.Where,
    };

    private readonly record struct Range(ViewWindow Window, WindowSize Size, DateTimeOffset From, DateTimeOffset To);

    /// <summary>Inputs with the same key are answered by one query.</summary>
    private sealed record QueryKey(string Measurement, string Where, string? By, string? Per, TimeSpan? Every, string? Distinct)
    {
        public static QueryKey Of(KpiInput input) => new(
            input.Measurement, string.Join(" and ", input.Where),
            input.By, input.Per, input.Every, input.Kind is InputKind.Distinct or InputKind.Calculated ? input.Key : null);
    }
}
