using System.Collections.Immutable;
using CityPerception.Core.Queries;

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
/// Devices by when they were last heard of, from what they measure: a device's interval is what it kept over the 24 hours before.
/// It is seen to five minutes.
/// </summary>
internal sealed class DeviceStates(DeviceAnswer answer) : ICalculation
{
    private const string Device = "device";

    private static readonly TimeSpan Known = TimeSpan.FromHours(24), Slot = TimeSpan.FromMinutes(5);

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

    // Every window of the range out of one reading.
    private static async Task<IReadOnlyList<Heard>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<Heard> heard = [];
        foreach ((string measurement, ImmutableArray<string> fields) in Things.All)
        {
            var query = new AggregateQuery
            {
                Measurement = measurement,
                Select = [.. fields.Select(static f => new Selection(f, Aggregate.Count))],
                From = scope.From + TimeSpan.FromHours(1) - Known,
                To = scope.To,
                Window = new WindowSize.Fixed(Slot),
                GroupBy = [ChannelViews.District, Device],
            };
            foreach (IGrouping<string, AggregateRow> device in (await scope.Store.AggregateAsync(query, cancellationToken)).Where(static r => r.Group[1].Length > 0).GroupBy(static r => r.Group[1]))
                heard.AddRange(scope.Starts.Select(start => LastHeard(start, [.. device.Where(r => r.Start < start.AddHours(1) && r.Start >= start.AddHours(1) - Known)])).OfType<Heard>());
        }

        return heard;
    }

    private static Heard? LastHeard(DateTimeOffset start, AggregateRow[] slots)
    {
        if (slots.Length == 0) return null;
        double samples = slots.Sum(static r => r.Values.Max(static v => v ?? 0));
        // One that came up within the day has not had 24 hours to send.
        return new Heard(start, slots[^1].Group[0], start.AddHours(1) - slots[^1].Start - Slot, (slots[^1].Start - slots[0].Start + Slot) / Math.Max(samples, 1));
    }

    /// <summary>When a device was last heard of before the end of the window that begins then, and how often it sends.</summary>
    private sealed record Heard(DateTimeOffset Start, string District, TimeSpan Age, TimeSpan Interval);
}
