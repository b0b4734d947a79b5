using System.Collections.Immutable;
using CityPerception.Core.Cities;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>What is told of the fleet at the end of a window.</summary>
internal enum DeviceAnswer
{
    /// <summary>Devices that sent anything in the 24 hours before.</summary>
    Known,

    /// <summary>Those of them heard of within three of their intervals, or five minutes.</summary>
    Online,

    /// <summary>Those heard of within two.</summary>
    Fresh,
}

/// <summary>
/// Devices by when they were last heard of, from what they measure: a device's interval is what its source says, else what was usual over the
/// 24 hours before. It is seen to five minutes, after two hours to the hour.
/// </summary>
internal sealed class DeviceStates(DeviceAnswer answer) : ICalculation
{
    private static readonly TimeSpan Known = SampleCounts.Looked, Hour = TimeSpan.FromHours(1), Slot = TimeSpan.FromMinutes(5), Exact = TimeSpan.FromHours(2);

    public string Name => answer switch { DeviceAnswer.Known => "device.known", DeviceAnswer.Online => "device.online", _ => "device.fresh" };

    public ImmutableArray<string> Measurements { get; } = [.. Things.All.Select(static t => t.Measurement)];

    // Whoever is silent is what it counts.
    public bool IsOfSamples => false;

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour];

    // Hours add up: a rate of the day is the mean of its hours, weighted by devices.
    public bool Adds => true;

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to + Known)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. scope.ByPlace((await scope.OnceAsync("devices", () => ReadAsync(scope, cancellationToken))).Where(Holds), static d => (d.Start, d.District, ""))
            .Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Count(), g.Count()))),
    ];

    private bool Holds(Heard device) => answer switch
    {
        DeviceAnswer.Known => true,
        DeviceAnswer.Online => device.Age <= Longer(3 * device.Interval, Slot),
        _ => device.Age <= Longer(2 * device.Interval, Slot),
    };

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    // The hours tell how often a device sends, as coverage has it; the slots of the last hours when it was last heard of.
    private static async Task<IReadOnlyList<Heard>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<Heard> heard = [];
        foreach ((string measurement, _) in Things.All)
        {
            var samples = (measurement, Things.FieldsOf(measurement));
            var hours = await SampleCounts.ReadAsync(scope, samples, [], Hour, (scope.From + Hour - Known, scope.To), cancellationToken);
            var slots = await SampleCounts.ReadAsync(scope, samples, [], Slot, (scope.From - Exact, scope.To), cancellationToken);
            foreach (var device in hours.Where(static h => h.Key.Device.Length > 0).GroupBy(static h => h.Key.Device))
            {
                var senders = device.Select(h => (Sender: h.Key, Hours: h.Value.ToArray(), Slots: slots.GetValueOrDefault(h.Key)?.ToArray() ?? [])).ToArray();
                heard.AddRange(scope.Starts.Select(start => senders.Select(s => LastHeard(scope.City, start, s.Sender, s.Hours, s.Slots)).OfType<Heard>().MinBy(static h => h.Age / h.Interval)).OfType<Heard>());
            }
        }

        return heard;
    }

    private static Heard? LastHeard(City city, DateTimeOffset start, Sender sender, KeyValuePair<DateTimeOffset, double>[] hours, KeyValuePair<DateTimeOffset, double>[] slots)
    {
        ReadOnlySpan<KeyValuePair<DateTimeOffset, double>> day = SampleCounts.Between(hours, start + Hour - Known, start);
        if (day.IsEmpty) return null;
        ReadOnlySpan<KeyValuePair<DateTimeOffset, double>> last = SampleCounts.Between(slots, start - Exact, start + Hour - Slot);
        // What was heard longer ago is known to the hour: it may have been at its end.
        DateTimeOffset until = last.IsEmpty ? day[^1].Key + Hour : last[^1].Key + Slot;
        return new Heard(start, sender.District, start + Hour - until, SampleCounts.IntervalOf(city, sender, day));
    }

    /// <summary>When a device was last heard of before the end of the window that begins then, and how often it sends.</summary>
    private sealed record Heard(DateTimeOffset Start, string District, TimeSpan Age, TimeSpan Interval);
}
