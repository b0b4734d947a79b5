using System.Collections.Frozen;
using System.Collections.Immutable;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Cities;

/// <summary>The city as city.yaml describes it. Immutable; a reload makes a new one.</summary>
public sealed class City
{
    public required Names Names { get; init; }

    /// <summary>Its GB/T 2260 code, which also stands for "somewhere in the city" in the tag district.</summary>
    public required string Code { get; init; }

    /// <summary>The zone of local times and of civil days.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>Where positions may lie.</summary>
    public required GeoBounds Bounds { get; init; }

    /// <summary>Times before this are rejected; nanoseconds since 1970 UTC.</summary>
    public required long EarliestNs { get; init; }

    /// <summary>How far a time may lie ahead of its arrival.</summary>
    public required TimeSpan Ahead { get; init; }

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<District> Districts { get; init; }

    /// <summary>The map that the city supplies; null where it has none, and a schematic one is drawn.</summary>
    public DistrictMap? Map { get; init; }

    public required WorkingCalendar Calendar { get; init; }

    /// <summary>How it applies national standards.</summary>
    public CityStandards Standards { get; init; } = new();

    /// <summary>What its water sections and outlets have to keep to.</summary>
    public SiteLimits Sites { get; init; } = SiteLimits.None;

    /// <summary>How often each series of a source sends a sample, of the sources that say so (<c>every</c>).</summary>
    public ImmutableDictionary<string, TimeSpan> Schedules { get; init; } = ImmutableDictionary<string, TimeSpan>.Empty;

    /// <summary>Of the screens; the first is the default.</summary>
    public required IReadOnlyList<string> Languages { get; init; }

    public required Retention Retention { get; init; }

    public required IngestLimits Limits { get; init; }

    /// <summary>The values of the tag district: the districts' codes and the city's own, in the order of their codes.</summary>
    public IReadOnlyList<string> DistrictValues => field ??= this == Unknown ? [] : [.. Districts.Select(d => d.Code).Append(Code).Order(StringComparer.Ordinal)];

    /// <summary>What a point of a district counts for: the district and the city. What is somewhere in the city, or nobody knows where, is the city's alone.</summary>
    public IEnumerable<string> PlacesOf(string district) => district.Length == 0 || district == Code ? [Code] : [district, Code];

    /// <summary>Stands in for a city.yaml that has faults, so that those of the other files are found in the same run: it takes everything.</summary>
    internal static City Unknown { get; } = new()
    {
        Names = new Names("", ""),
        Code = "",
        Zone = TimeZoneInfo.Utc,
        Bounds = new GeoBounds(-90, 90, -180, 180),
        EarliestNs = 0,
        Ahead = TimeSpan.Zero,
        Districts = [],
        Calendar = new WorkingCalendar([], [], [], []),
        Languages = [],
        Retention = new Retention(default, default, default, default),
        Limits = new IngestLimits(0, 0, 64, 0),
    };

    /// <summary>
    /// The district that a code or name means: its own, or one of those that became part of it (140402, 长治县). Null
    /// for none.
    /// </summary>
    public District? FindDistrict(string codeOrName) => (_byAnyName ??= IndexDistricts()).GetValueOrDefault(codeOrName);

    private FrozenDictionary<string, District>? _byAnyName;

    private FrozenDictionary<string, District> IndexDistricts() => Districts
        .SelectMany(d => d.Former.SelectMany(f => new[] { f.Key, f.Value }).Concat([d.Code, d.Names.Zh, d.Names.En])
            .Distinct().Select(name => KeyValuePair.Create(name, d)))
        .ToFrozenDictionary();
}

/// <summary>A district or county.</summary>
/// <param name="Code">GB/T 2260, six digits.</param>
/// <param name="Names">Its names.</param>
/// <param name="Latitude">Of the seat of its government, to centre a map on; never for spatial joins.</param>
/// <param name="Longitude">As above.</param>
/// <param name="Former">Codes and Chinese names of what became part of it, as old systems still send them.</param>
public sealed record District(string Code, Names Names, double Latitude, double Longitude, IReadOnlyDictionary<string, string> Former);

/// <summary>A box of WGS-84 degrees, edges included.</summary>
public readonly record struct GeoBounds(double South, double North, double West, double East)
{
    public bool Contains(double latitude, double longitude) =>
        latitude >= South && latitude <= North && longitude >= West && longitude <= East;
}

/// <summary>How long things are kept.</summary>
/// <param name="Raw">Observations.</param>
/// <param name="Minutes">Views of one minute.</param>
/// <param name="Hours">Views of one hour.</param>
/// <param name="Photos">Photos of reports, after the end of their cases.</param>
/// <remarks>Views of a day are kept for ever.</remarks>
public sealed record Retention(TimeSpan Raw, TimeSpan Minutes, TimeSpan Hours, TimeSpan Photos);

/// <summary>The largest message that is looked at.</summary>
/// <param name="PayloadBytes">Of a message as it comes.</param>
/// <param name="DecompressedBytes">Of a message after decompression.</param>
/// <param name="Depth">Of nesting.</param>
/// <param name="Elements">In one message.</param>
public sealed record IngestLimits(int PayloadBytes, int DecompressedBytes, int Depth, int Elements);
