using System.Collections.Immutable;
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
    private const int HoursBeforeMinute = 2;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Minute = TimeSpan.FromMinutes(1);

    public string Name => "coverage";

    public ImmutableArray<string> Measurements { get; } = [measurement];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Minute, ViewWindow.Hour];

    public bool Adds => true;

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => window is ViewWindow.Minute
        ? [(HourOf(from) + Hour, HourOf(to.AddTicks(-1)) + Hour * (1 + HoursBeforeMinute))]
        : [(from, to + SampleCounts.Looked - Hour)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        ImmutableDictionary<string, TimeSpan> schedules = scope.City.Schedules;
        bool areThings = Things.Measure(measurement);
        if (!areThings && schedules.IsEmpty) return [];
        // Of people and offices only those say something who have a schedule to keep.
        ImmutableArray<Filter> where = areThings ? scope.Where : scope.Where.Add(new Filter.Tag(SampleCounts.Source, [.. schedules.Keys.Order(StringComparer.Ordinal)]));
        Dictionary<(DateTimeOffset Start, string District, string Group), (long Expected, long Arrived)> sums = [];
        foreach (Found found in scope.Window is ViewWindow.Minute ? await OfMinutesAsync(scope, where, cancellationToken) : await OfHoursAsync(scope, where, cancellationToken))
        {
            var place = (found.Start, found.Sender.District, found.Sender.GroupOf(scope.By));
            (long expected, long arrived) = sums.GetValueOrDefault(place);
            sums[place] = (expected + found.Expected, arrived + found.Arrived);
        }

        return [.. scope.ByPlace(sums, static s => s.Key).Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Sum(static s => s.Value.Expected), g.Sum(static s => s.Value.Arrived))))];
    }

    private async Task<IEnumerable<Found>> OfHoursAsync(CalculationScope scope, ImmutableArray<Filter> where, CancellationToken cancellationToken)
    {
        var counts = await CountAsync(scope, where, Hour, scope.From + Hour - SampleCounts.Looked, scope.To, cancellationToken);
        return counts.SelectMany(c =>
        {
            KeyValuePair<DateTimeOffset, double>[] all = [.. c.Value];
            return scope.Starts.Select(start => OfHour(scope, start, c.Key, all, c.Value.GetValueOrDefault(start)));
        }).OfType<Found>();
    }

    private static Found? OfHour(CalculationScope scope, DateTimeOffset start, Sender sender, KeyValuePair<DateTimeOffset, double>[] all, double count)
    {
        ReadOnlySpan<KeyValuePair<DateTimeOffset, double>> hours = SampleCounts.Between(all, start + Hour - SampleCounts.Looked, start);
        if (hours.IsEmpty) return null;
        TimeSpan every = SampleCounts.IntervalOf(scope.City, sender, hours);
        if (every <= Hour) return Of(start, sender, Hour, every, count);
        // Once in some hours: it is there as long as the last sample holds, an hour of patience with it.
        return new Found(start, sender, 1, hours[^1].Key >= start.AddHours(-Math.Ceiling(every.TotalHours)) ? 1 : 0);
    }

    private async Task<IEnumerable<Found>> OfMinutesAsync(CalculationScope scope, ImmutableArray<Filter> where, CancellationToken cancellationToken)
    {
        var before = await CountAsync(scope, where, Hour, HourOf(scope.From) - Hour * HoursBeforeMinute, HourOf(scope.To.AddTicks(-1)), cancellationToken);
        var minutes = await CountAsync(scope, where, Minute, scope.From, scope.To, cancellationToken);
        return before.SelectMany(c =>
        {
            KeyValuePair<DateTimeOffset, double>[] all = [.. c.Value];
            SortedList<DateTimeOffset, double>? counts = minutes.GetValueOrDefault(c.Key);
            return scope.Starts.Select(start => OfMinute(scope, start, c.Key, all, counts?.GetValueOrDefault(start) ?? 0));
        }).OfType<Found>();
    }

    private static Found? OfMinute(CalculationScope scope, DateTimeOffset start, Sender sender, KeyValuePair<DateTimeOffset, double>[] all, double count)
    {
        ReadOnlySpan<KeyValuePair<DateTimeOffset, double>> hours = SampleCounts.Between(all, HourOf(start) - Hour * HoursBeforeMinute, HourOf(start) - Hour);
        // What is seldom is not expected in each minute.
        if (hours.IsEmpty || SampleCounts.IntervalOf(scope.City, sender, hours) is var every && every > Minute) return null;
        return Of(start, sender, Minute, every, count);
    }

    private static Found Of(DateTimeOffset start, Sender sender, TimeSpan window, TimeSpan every, double count)
    {
        long expected = Math.Max(1, window.Ticks / Math.Max(1, every.Ticks));
        return new Found(start, sender, expected, (long)Math.Min(count, expected));
    }

    private Task<Dictionary<Sender, SortedList<DateTimeOffset, double>>> CountAsync(
        CalculationScope scope, ImmutableArray<Filter> where, TimeSpan slot, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        SampleCounts.ReadAsync(scope, (measurement, fields), where, slot, (from, to), cancellationToken);

    private static DateTimeOffset HourOf(DateTimeOffset time) => ViewWindows.StartOf(ViewWindow.Hour, time, TimeZoneInfo.Utc);

    private sealed record Found(DateTimeOffset Start, Sender Sender, long Expected, long Arrived);
}
