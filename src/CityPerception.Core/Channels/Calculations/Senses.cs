using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>What both senses can notice.</summary>
internal enum Matter { Noise, Dust, Air, Water, Facility, Flood }

/// <summary>A matter that somebody reported.</summary>
/// <param name="Matter">What.</param>
/// <param name="Time">When.</param>
/// <param name="District">Where.</param>
/// <param name="Spot">Where exactly.</param>
internal sealed record Report(Matter Matter, DateTimeOffset Time, string District, Spot Spot)
{
    /// <summary>Where reports come from: a ticket when it is accepted, an incident when it is reported.</summary>
    public const string Tickets = "hotline_ticket", Incidents = "incident";

    private static readonly FrozenDictionary<string, Matter> OfTickets = new Dictionary<string, Matter>
    {
        ["noise"] = Matter.Noise,
        ["dust"] = Matter.Dust,
        ["air"] = Matter.Air,
        ["water"] = Matter.Water,
        ["facility"] = Matter.Facility,
        ["flood"] = Matter.Flood,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Matter> OfIncidents = new Dictionary<string, Matter> { ["component.public_utility"] = Matter.Facility }.ToFrozenDictionary();

    /// <summary>Those of a range.</summary>
    public static async Task<List<Report>> ReadAsync(CalculationScope scope, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
    [
        .. await ReadAsync(scope, Tickets, "accepted", OfTickets, from, to, cancellationToken),
        .. await ReadAsync(scope, Incidents, "reported", OfIncidents, from, to, cancellationToken),
    ];

    private static async Task<List<Report>> ReadAsync(
        CalculationScope scope, string measurement, string state, FrozenDictionary<string, Matter> matters, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<Report> reports = [];
        var query = new PointQuery
        {
            Measurement = measurement,
            Fields = ["case_id", "lat", "lon"],
            From = from,
            To = to,
            Where = [new Filter.Tag("category", [.. matters.Keys.Order(StringComparer.Ordinal)]), new Filter.Tag("state", [state])],
        };
        await foreach (Point point in scope.Store.ReadAsync(query, cancellationToken))
        {
            (double, double)? position = Number(point, "lat") is { } lat && Number(point, "lon") is { } lon ? (lat, lon) : null;
            reports.Add(new Report(
                matters[point.Tags["category"]], Observations.ObservationTime.FromUnixNs(point.TimeNs), point.Tags.GetValueOrDefault(ChannelViews.District, ""),
                new Spot(point.Tags.GetValueOrDefault("grid", ""), position)));
        }

        return reports;
    }

    private static double? Number(Point point, string field) => point.Fields.TryGetValue(field, out object? value) ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}

/// <summary>A place, as far as it is known.</summary>
/// <param name="Grid">Empty for none.</param>
/// <param name="Position">WGS-84.</param>
internal readonly record struct Spot(string Grid, (double Lat, double Lon)? Position)
{
    private const double MetresOfADegree = 111_320;

    /// <summary>Whether both are in one grid, or no farther apart than the matter carries.</summary>
    public bool IsNear(Spot other, Matter matter)
    {
        double metres = MetresOf(matter);
        if (Grid.Length > 0 && Grid == other.Grid) return true;
        if (Position is not var (lat, lon) || other.Position is not var (otherLat, otherLon)) return false;
        double north = (lat - otherLat) * MetresOfADegree, east = (lon - otherLon) * MetresOfADegree * Math.Cos(double.DegreesToRadians(lat));
        return north * north + east * east <= metres * metres;
    }

    private static double MetresOf(Matter matter) => matter switch
    {
        Matter.Noise or Matter.Dust => 500,
        Matter.Air => 3000,
        Matter.Water => 5000,
        Matter.Facility => 200,
        _ => 300,
    };
}

/// <summary>A device that can notice a matter.</summary>
internal readonly record struct Sensor(Matter Matter, string Device, string District, Spot Spot);

/// <summary>A device noticed something, in the five minutes that begin then.</summary>
internal readonly record struct Alarm(Sensor Sensor, DateTimeOffset Time);
