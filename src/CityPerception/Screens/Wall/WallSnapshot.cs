using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Hosting;

namespace CityPerception.Screens.Wall;

/// <summary>Everything that the wall shows of the channels. Whole: a screen that was away needs no history.</summary>
/// <param name="ReadAt">When it was last read from the store.</param>
/// <param name="StoreAway">The store does not answer: what is shown is from <paramref name="ReadAt"/>.</param>
/// <param name="City">Its names.</param>
/// <param name="Map">Its districts as tiles.</param>
/// <param name="Channels">In the order of the wall.</param>
/// <param name="Changes">What changed its level, the newest first.</param>
/// <param name="Cases">The cases that changed last, the newest first.</param>
/// <param name="Elsewhere">This process has no channels: why, in both languages; else null.</param>
internal sealed record WallSnapshot(
    DateTimeOffset ReadAt, bool StoreAway, Names City, WallMap Map, IReadOnlyList<WallChannel> Channels, IReadOnlyList<WallChange> Changes, IReadOnlyList<WallCase> Cases, Names? Elsewhere = null);

/// <summary>The map.</summary>
/// <param name="Columns">Of the schematic one.</param>
/// <param name="Rows">Likewise.</param>
/// <param name="Drawn">The version of the map that the city supplies (<c>/api/map</c>); null where the schematic one is shown.</param>
internal sealed record WallMap(int Columns, int Rows, string? Drawn, IReadOnlyList<WallDistrict> Districts);

/// <summary>A district's tile, counted from the north-west.</summary>
/// <param name="OpenCases">Cases that are neither closed nor cancelled.</param>
/// <param name="Online">Devices that were heard of lately; null while that is not known.</param>
/// <param name="Devices">Of so many that there are.</param>
internal sealed record WallDistrict(string Code, Names Name, int Column, int Row, int OpenCases, double? Online, double? Devices);

/// <summary>A channel's tile.</summary>
/// <param name="Slug">As in routes.</param>
/// <param name="Name">Of the channel.</param>
/// <param name="Description">What it watches.</param>
/// <param name="Level">The worst of its KPIs that are up to date, for the whole city.</param>
/// <param name="Main">The first of its KPIs that has a value; the first of all while none has.</param>
/// <param name="Worst">The KPI that gives the channel its level, where it is not the main one; else null.</param>
/// <param name="Districts">The worst level of each district that has one.</param>
internal sealed record WallChannel(string Slug, Names Name, Names Description, string Level, WallKpi Main, WallKpi? Worst, IReadOnlyDictionary<string, string> Districts);

/// <summary>A KPI of the whole city.</summary>
internal sealed record WallKpi
{
    public required string Id { get; init; }

    public required Names Name { get; init; }

    public required string Unit { get; init; }

    public required string Window { get; init; }

    public required string Better { get; init; }

    public required string Level { get; init; }

    /// <summary>Null while there is none.</summary>
    public double? Value { get; init; }

    /// <summary>End of the window that the value is of.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>A value of a window that ended longer ago is not current.</summary>
    public required int StaleAfterSeconds { get; init; }

    /// <summary>The last windows, the oldest first; null where one has no value.</summary>
    public required IReadOnlyList<double?> Trend { get; init; }
}

/// <summary>A KPI that changed its level.</summary>
/// <param name="At">End of the window in which it did.</param>
internal sealed record WallChange(DateTimeOffset At, string Channel, string Kpi, Names Name, string District, string From, string To, double Value, string Unit);

/// <summary>Ingest at one moment, for the wall's last line.</summary>
/// <param name="Time">By the server's clock.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="Accepted">Observations since the start.</param>
/// <param name="Rejected">Elements refused since the start.</param>
/// <param name="Waiting">Lines that the store does not have yet; null where this process does not know.</param>
/// <param name="Sources">How many there are.</param>
/// <param name="Active">Of these, how many sent in the last minute.</param>
/// <param name="Things">Messages from things in each of the last 60 seconds, the oldest first.</param>
/// <param name="People">From people, likewise.</param>
internal sealed record WallPulse(
    DateTimeOffset Time, double Rate, long Accepted, long Rejected, long? Waiting, int Sources, int Active, IReadOnlyList<long> Things, IReadOnlyList<long> People);

[JsonSerializable(typeof(WallSnapshot))]
[JsonSerializable(typeof(WallPulse))]
[JsonSerializable(typeof(DistrictMap))]
internal sealed partial class WallJson : JsonSerializerContext
{
    public static WallJson Compact { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = ReadableJson.Encoder });
}
