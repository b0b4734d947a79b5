using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// How many samples of a measurement were expected (the partial's count) and how many of these arrived (its sum). Expected is
/// whoever sent before: in the 24 hours up to the end of an hour, in the two hours before that of a minute. How often, its source
/// says (<c>every</c>); else, of things, what was usual in these hours. What comes more often than expected counts no more.
/// </summary>
/// <param name="measurement">The measurement.</param>
/// <param name="fields">A point is a sample if it has one of these.</param>
internal sealed class SampleCoverage(string measurement, ImmutableArray<string> fields) : ICalculation
{
    private const string Source = "source", Device = "device";

    private const int HoursBefore = 24, HoursBeforeMinute = 2;

    public string Name => "coverage";

    public ImmutableArray<string> Measurements { get; } = [measurement];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Minute, ViewWindow.Hour];

    public bool Adds => true;

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => window is ViewWindow.Minute
        ? [(HourOf(from).AddHours(1), HourOf(to.AddTicks(-1)).AddHours(1 + HoursBeforeMinute))]
        : [(from, to.AddHours(HoursBefore - 1))];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        ImmutableDictionary<string, TimeSpan> schedules = scope.City.Schedules;
        bool areThings = Things.Measure(measurement);
        if (!areThings && schedules.IsEmpty) return [];
        // Of people and offices only those say something who have a schedule to keep.
        ImmutableArray<Filter> where = areThings ? scope.Where : scope.Where.Add(new Filter.Tag(Source, [.. schedules.Keys.Order(StringComparer.Ordinal)]));
        var found = scope.Window is ViewWindow.Minute
            ? await OfMinutesAsync(scope, where, cancellationToken)
            : OfHours(scope, await CountAsync(scope, where, TimeSpan.FromHours(1), scope.From.AddHours(1 - HoursBefore), scope.To, cancellationToken));
        return [.. scope.ByPlace(found, static f => (f.Start, f.Unit.District, f.Unit.Group))
            .Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Sum(static f => f.Expected), g.Sum(static f => f.Arrived))))];
    }

    private static IEnumerable<Found> OfHours(CalculationScope scope, Dictionary<Unit, SortedList<DateTimeOffset, double>> counts)
    {
        foreach ((Unit unit, SortedList<DateTimeOffset, double> all) in counts)
        {
            foreach (DateTimeOffset start in scope.Starts)
            {
                KeyValuePair<DateTimeOffset, double>[] hours = [.. all.Where(h => h.Key <= start && h.Key > start.AddHours(-HoursBefore))];
                if (hours.Length == 0) continue;
                TimeSpan every = IntervalOf(scope, unit, hours);
                if (every <= TimeSpan.FromHours(1))
                {
                    long expected = Expected(TimeSpan.FromHours(1), every);
                    yield return new Found(start, unit, expected, (long)Math.Min(all.GetValueOrDefault(start), expected));
                }
                else
                {
                    // Once in some hours: it is there as long as the last sample holds, an hour of patience with it.
                    yield return new Found(start, unit, 1, hours[^1].Key >= start.AddHours(-Math.Ceiling(every.TotalHours)) ? 1 : 0);
                }
            }
        }
    }

    private async Task<IEnumerable<Found>> OfMinutesAsync(CalculationScope scope, ImmutableArray<Filter> where, CancellationToken cancellationToken)
    {
        var before = await CountAsync(scope, where, TimeSpan.FromHours(1), HourOf(scope.From).AddHours(-HoursBeforeMinute), HourOf(scope.To.AddTicks(-1)), cancellationToken);
        var minutes = await CountAsync(scope, where, TimeSpan.FromMinutes(1), scope.From, scope.To, cancellationToken);
        return before.SelectMany(u => scope.Starts.Select(start => OfMinute(scope, start, u.Key, u.Value, minutes.GetValueOrDefault(u.Key)))).OfType<Found>();
    }

    private static Found? OfMinute(CalculationScope scope, DateTimeOffset start, Unit unit, SortedList<DateTimeOffset, double> before, SortedList<DateTimeOffset, double>? minutes)
    {
        KeyValuePair<DateTimeOffset, double>[] hours = [.. before.Where(h => h.Key < HourOf(start) && h.Key >= HourOf(start).AddHours(-HoursBeforeMinute))];
        // What is seldom is not expected in each minute.
        if (hours.Length == 0 || IntervalOf(scope, unit, hours) is var every && every > TimeSpan.FromMinutes(1)) return null;
        long expected = Expected(TimeSpan.FromMinutes(1), every);
        return new Found(start, unit, expected, (long)Math.Min(minutes?.GetValueOrDefault(start) ?? 0, expected));
    }

    // The median of the hours that have a sample: neither an outage nor the hour in which it began changes it. Where hours of an even
    // pace have one more or one less, the lesser is expected.
    private static TimeSpan IntervalOf(CalculationScope scope, Unit unit, KeyValuePair<DateTimeOffset, double>[] hours)
    {
        if (scope.City.Schedules.TryGetValue(unit.Source, out TimeSpan every)) return every;
        double usual = hours.Select(static h => h.Value).Order().ElementAt(hours.Length / 2);
        if (hours.Any(h => h.Value == usual - 1)) usual--;
        if (usual > 1) return TimeSpan.FromHours(1) / usual;
        // Of one sample nobody can tell how often there is one: it holds as long as it is looked at.
        return hours.Length == 1 ? TimeSpan.FromHours(HoursBefore) : (hours[^1].Key - hours[0].Key) / (hours.Length - 1);
    }

    private static long Expected(TimeSpan window, TimeSpan every) => Math.Max(1, window.Ticks / Math.Max(1, every.Ticks));

    private async Task<Dictionary<Unit, SortedList<DateTimeOffset, double>>> CountAsync(
        CalculationScope scope, ImmutableArray<Filter> where, TimeSpan slot, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        string[] tags = [ChannelViews.District, Source, Device];
        int by = scope.By is null ? -1 : Array.IndexOf(tags, scope.By) is var known and >= 0 ? known : tags.Length;
        var query = new AggregateQuery
        {
            Measurement = measurement,
            Select = [.. fields.Select(static f => new Selection(f, Aggregate.Count))],
            From = from,
            To = to,
            Window = new WindowSize.Fixed(slot),
            GroupBy = by == tags.Length ? [.. tags, scope.By!] : [.. tags],
            Where = where,
        };
        Dictionary<Unit, SortedList<DateTimeOffset, double>> counts = [];
        foreach (AggregateRow row in await scope.Store.AggregateAsync(query, cancellationToken))
        {
            double count = row.Values.Max() ?? 0;
            if (count == 0) continue;
            ref SortedList<DateTimeOffset, double>? slots = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, new Unit(row.Group[0], row.Group[1], row.Group[2], by < 0 ? "" : row.Group[by]), out _);
            (slots ??= new SortedList<DateTimeOffset, double>(HoursBefore)).Add(row.Start, count);
        }

        return counts;
    }

    private static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);

    /// <summary>What sends by itself: a device, or of offices a district of a source.</summary>
    private readonly record struct Unit(string District, string Source, string Device, string Group);

    private sealed record Found(DateTimeOffset Start, Unit Unit, long Expected, long Arrived);
}
