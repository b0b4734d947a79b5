using System.Collections.Immutable;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// Hourly values of pollution sources by HJ 212 (items of stacks and outlets): how many were due on a day, or of these how many are
/// valid. The rate of the two is transmission rate × valid rate: (received/due) · (valid/received). An item is due in every hour
/// of a day when it had a value on that day or the one before; of waste water one hour a day is left to the automatic check
/// against the standard. What the logger flagged as bad was received and is not valid: it is no value.
/// </summary>
internal sealed class EffectiveHours(string name, bool valid) : ICalculation
{
    private const string Period = "period", Hour = "hour", Device = "device", Means = "_avg";

    private const int ChecksOfADay = 1;

    private static readonly (string Measurement, string[] Items, int Checks)[] Outlets =
        [("emission", ["so2", "nox", "dust", "nmhc"], 0), ("discharge", ["cod", "nh3n", "tp", "tn"], ChecksOfADay)];

    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = [.. Outlets.Select(static o => o.Measurement)];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public bool IsOfSamples => false;

    // An item is due on the day after one on which it was sent.
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, ViewWindows.Next(ViewWindow.Day, to, zone))];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<OutletDay> days = await scope.OnceAsync("hours of outlets", () => ReadAsync(scope, cancellationToken));
        return [.. scope.ByPlace(days, static d => (d.Start, d.District, ""))
            .Select(g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Sum(static d => d.Due), valid ? g.Sum(static d => Math.Min(d.Valid, d.Due)) : g.Sum(static d => d.Due))))];
    }

    private static async Task<IReadOnlyList<OutletDay>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<OutletDay> days = [];
        foreach ((string measurement, string[] items, int checks) in Outlets)
        {
            var query = new AggregateQuery
            {
                Measurement = measurement,
                Select = [.. items.Select(static i => new Selection(i + Means, Aggregate.Count))],
                From = ViewWindows.Back(ViewWindow.Day, scope.From, 1, scope.City.Zone),
                To = scope.To,
                Window = ViewWindows.SizeOf(ViewWindow.Day, scope.City.Zone),
                GroupBy = [ChannelViews.District, Device],
                Where = [new Filter.AnyText(Period, [Hour])],
            };
            var counts = (await scope.Store.AggregateAsync(query, cancellationToken)).GroupBy(static r => (r.Group[0], r.Group[1]))
                .Select(static g => (District: g.Key.Item1, Days: g.ToDictionary(static r => r.Start, static r => r.Values)));
            days.AddRange(counts.SelectMany(o => scope.Starts.Select(start => Of(scope.City, start, o.District, o.Days, items.Length, checks))).Where(static d => d.Due > 0));
        }

        return days;
    }

    private static OutletDay Of(City city, DateTimeOffset start, string district, Dictionary<DateTimeOffset, ImmutableArray<double?>> days, int items, int checks)
    {
        DateTimeOffset before = ViewWindows.Back(ViewWindow.Day, start, 1, city.Zone);
        int hours = (int)(ViewWindows.Next(ViewWindow.Day, start, city.Zone) - start).TotalHours - checks, due = 0;
        double valid = 0;
        for (int i = 0; i < items; i++)
        {
            double today = CountOf(start, i);
            if (today + CountOf(before, i) == 0) continue;
            due += hours;
            valid += Math.Min(today, hours);
        }

        return new OutletDay(start, district, due, (long)valid);

        double CountOf(DateTimeOffset day, int item) => days.TryGetValue(day, out ImmutableArray<double?> counts) ? counts[item] ?? 0 : 0;
    }

    private sealed record OutletDay(DateTimeOffset Start, string District, long Due, long Valid);
}
