using System.Collections.Immutable;
using CityPerception.Core.Queries;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// What devices notice, and which devices there are, of each matter. The bounds are those of standards, permits and targets where
/// there are any; the others are this project's defaults: PM10 over 150 or TSP over 300 ug/m3 at a construction site, a cover tilted
/// by more than 15 degrees, 15 cm of water on a road.
/// </summary>
internal sealed class Alarms(CalculationScope scope)
{
    private const string District = ChannelViews.District, Grid = "grid", Device = "device", Category = "category";

    private const double MaxPm10 = 150, MaxTsp = 300, MaxTilt = 15, MaxDepth = 15;

    /// <summary>Alarms are told in slots of this length.</summary>
    public static readonly TimeSpan Slot = TimeSpan.FromMinutes(5);

    // A class of water is told by the hour: two alarms, so that hours in a row are one episode.
    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    private static readonly string[] Gases = ["so2", "nox", "dust", "nmhc"];

    /// <summary>The measurements that they are told by.</summary>
    public static ImmutableArray<string> Measurements { get; } = ["noise", "air_quality", "emission", "water_quality", "manhole", "lamp", "lift", "flood"];

    /// <summary>Those of a matter and a range of whole hours.</summary>
    public async Task<IReadOnlyList<Alarm>> OfAsync(Matter matter, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => matter switch
    {
        Matter.Noise => await SlotsAsync(matter, "noise", [Of("leq", Aggregate.Count), Of("leq", Aggregate.EnergySum)], [], IsLoud, from, to, cancellationToken),
        Matter.Dust => await SlotsAsync(matter, "air_quality", [Of("pm10", Aggregate.Mean), Of("tsp", Aggregate.Mean)], [new Filter.Tag(Category, ["construction"])], static r => r.Values[0] > MaxPm10 || r.Values[1] > MaxTsp, from, to, cancellationToken),
        Matter.Air => await SlotsAsync(matter, "emission", [.. Gases.Select(static g => Of(g, Aggregate.Mean)), .. Gases.Select(static g => Of(g + "_zs", Aggregate.Mean))], [], IsOverPermit, from, to, cancellationToken),
        Matter.Water => await OfWaterAsync(from, to, cancellationToken),
        Matter.Flood => await SlotsAsync(matter, "flood", [Of("depth", Aggregate.Max)], [], static r => r.Values[0] >= MaxDepth, from, to, cancellationToken),
        _ =>
        [
            .. await SlotsAsync(matter, "manhole", [Of("open", Aggregate.Max), Of("tilt", Aggregate.Max)], [], static r => r.Values[0] > 0 || r.Values[1] > MaxTilt, from, to, cancellationToken),
            .. await SlotsAsync(matter, "lamp", [Of("fault", Aggregate.Max)], [], static r => r.Values[0] > 0, from, to, cancellationToken),
            .. await SlotsAsync(matter, "lift", [Of("trapped", Aggregate.Max), Of("fault", Aggregate.Max)], [], static r => r.Values[0] > 0 || r.Values[1] > 0, from, to, cancellationToken),
        ],
    };

    /// <summary>The devices of a matter that sent anything, by the hours in which they did.</summary>
    public async Task<ILookup<DateTimeOffset, Sensor>> SensorsAsync(Matter matter, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<(DateTimeOffset Hour, Sensor Sensor)> found = [];
        foreach (string measurement in MeasurementsOf(matter))
        {
            ImmutableArray<Filter> where = matter is Matter.Dust ? [new Filter.Tag(Category, ["construction"])] : [];
            var query = new AggregateQuery
            {
                Measurement = measurement,
                Select = [.. Things.FieldsOf(measurement).Select(static f => Of(f, Aggregate.Count))],
                From = from,
                To = to,
                Window = new WindowSize.Fixed(TimeSpan.FromHours(1)),
                GroupBy = [District, Grid, Device],
                Where = where,
            };
            found.AddRange((await scope.Store.AggregateAsync(query, cancellationToken)).Where(static r => r.Group[2].Length > 0 && r.Values.Any(static v => v > 0))
                .Select(r => (r.Start, SensorOf(matter, r))));
        }

        return found.ToLookup(static f => f.Hour, static f => f.Sensor);
    }

    private static string[] MeasurementsOf(Matter matter) => matter switch
    {
        Matter.Noise => ["noise"],
        Matter.Dust => ["air_quality"],
        Matter.Air => ["emission"],
        Matter.Water => ["water_quality"],
        Matter.Flood => ["flood"],
        _ => ["manhole", "lamp", "lift"],
    };

    private async Task<List<Alarm>> SlotsAsync(
        Matter matter, string measurement, ImmutableArray<Selection> select, ImmutableArray<Filter> where, Func<AggregateRow, bool> isAlarm, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var query = new AggregateQuery
        {
            Measurement = measurement,
            Select = select,
            From = from,
            To = to,
            Window = new WindowSize.Fixed(Slot),
            GroupBy = [District, Grid, Device, Category],
            Where = where,
        };
        return [.. (await scope.Store.AggregateAsync(query, cancellationToken)).Where(r => r.Group[2].Length > 0 && isAlarm(r)).Select(r => new Alarm(SensorOf(matter, r), r.Start))];
    }

    private async Task<List<Alarm>> OfWaterAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        CalculationScope hours = scope with { Window = ViewWindow.Hour, From = from, To = to, Where = [], By = Grid, Read = [] };
        return [.. (await WaterSection.ReadAsync(hours, cancellationToken)).Where(s => s.Class.Class > scope.City.Sites.TargetOf(s.Site.Device))
            .SelectMany(s => new[] { s.Start, s.Start + HalfHour }.Select(at => new Alarm(SensorOf(Matter.Water, s.Site.District, s.Site.Group, s.Site.Device), at)))];
    }

    private bool IsLoud(AggregateRow row) => row.Values[0] > 0 && NoiseLimits.Of(row.Group[3]) is { } limits
        && limits.Over(Noise.Level((row.Values[1] ?? 0) / row.Values[0]!.Value), scope.City.Standards.NoiseHours.Of(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(row.Start, scope.City.Zone).DateTime))) > 0;

    private bool IsOverPermit(AggregateRow row)
    {
        for (int i = 0; i < Gases.Length; i++)
        {
            if ((row.Values[Gases.Length + i] ?? row.Values[i]) is { } mean && scope.City.Sites.PermitOf(row.Group[2], Gases[i]) is { } limit && Emissions.IsExceeded(mean, limit)) return true;
        }

        return false;
    }

    private Sensor SensorOf(Matter matter, AggregateRow row) => SensorOf(matter, row.Group[0], row.Group[1], row.Group[2]);

    private Sensor SensorOf(Matter matter, string district, string grid, string device) => new(matter, device, district, new Spot(grid, scope.City.Sites.PlaceOf(device)));

    private static Selection Of(string field, Aggregate function) => new(field, function);
}
