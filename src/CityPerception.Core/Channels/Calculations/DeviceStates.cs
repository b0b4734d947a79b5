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

    // Of each kind of thing the fields of which a sound device sends at least one.
    private static readonly ImmutableArray<(string Measurement, string[] Fields)> Things =
    [
        ("air_quality", ["pm25", "pm10", "tsp", "o3", "temperature"]), ("noise", ["leq", "la"]), ("water_quality", ["ph", "do", "codmn", "nh3n"]), ("weather", ["temperature", "humidity", "wind_speed"]),
        ("emission", ["so2", "nox", "dust"]), ("discharge", ["cod", "nh3n", "flow"]), ("manhole", ["open", "tilt", "level", "battery"]), ("lamp", ["on", "fault", "power"]), ("lift", ["trapped", "fault", "floor"]), ("flood", ["depth"]),
    ];

    public string Name => answer switch { DeviceAnswer.Known => "device.known", DeviceAnswer.Online => "device.online", _ => "device.fresh" };

    public string Summary => answer switch
    {
        DeviceAnswer.Known => "devices that sent anything in the 24 hours before the window's end",
        DeviceAnswer.Online => "those of them heard of within three of their intervals (five minutes at least) before it",
        _ => "those of them heard of within two of their intervals before it",
    };

    public ImmutableArray<string> Measurements { get; } = [.. Things.Select(static t => t.Measurement)];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour];

    // Hours add up: a rate of the day is the mean of its hours, weighted by devices.
    public bool Adds => true;

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to + Known)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        Dictionary<(DateTimeOffset, ViewKey), Partial> results = [];
        foreach ((string measurement, string[] fields) in Things)
        {
            foreach (DateTimeOffset start in scope.Starts)
            {
                DateTimeOffset end = start.AddHours(1);
                foreach ((string district, TimeSpan age, TimeSpan interval) in await LastHeardAsync(scope, measurement, fields, end, cancellationToken))
                {
                    if (!Holds(age, interval)) continue;
                    foreach (string place in scope.DistrictsOf(district))
                    {
                        var id = (start, new ViewKey(place));
                        results[id] = results.GetValueOrDefault(id, Partial.None).And(new Partial(1, 1, double.NaN, double.NaN));
                    }
                }
            }
        }

        return [.. results.Select(static r => new CalculatedPartial(r.Key.Item1, r.Key.Item2, r.Value))];
    }

    private bool Holds(TimeSpan age, TimeSpan interval) => answer switch
    {
        DeviceAnswer.Known => true,
        DeviceAnswer.Online => age <= Longer(3 * interval, Slot),
        _ => age <= Longer(2 * interval, Slot),
    };

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static async Task<IEnumerable<(string District, TimeSpan Age, TimeSpan Interval)>> LastHeardAsync(CalculationScope scope, string measurement, string[] fields, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var query = new AggregateQuery
        {
            Measurement = measurement,
            Select = [.. fields.Select(static f => new Selection(f, Aggregate.Count))],
            From = end - Known,
            To = end,
            Window = new WindowSize.Fixed(Slot),
            GroupBy = [ChannelViews.District, Device],
        };
        IReadOnlyList<AggregateRow> rows = await scope.Store.AggregateAsync(query, cancellationToken);
        return rows.Where(static r => r.Group[1].Length > 0).GroupBy(static r => r.Group[1]).Select(device =>
        {
            double samples = device.Sum(static r => r.Values.Max(static v => v ?? 0));
            DateTimeOffset first = device.Min(static r => r.Start), last = device.Max(static r => r.Start);
            // One that came up within the day has not had 24 hours to send.
            return (device.Last().Group[0], end - last - Slot, (last - first + Slot) / Math.Max(samples, 1));
        });
    }
}
