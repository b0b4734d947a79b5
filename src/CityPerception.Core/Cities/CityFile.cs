using System.ComponentModel;
using CityPerception.Core.Configuration;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Cities;

/// <summary>city.yaml as it is written; <see cref="CityCompiler"/> makes the <see cref="City"/> of it.</summary>
[Description("The city: zone, bounds, districts, working hours, limits.")]
public sealed class CityFile : ConfigSection
{
    internal const string CodeForm = "^[0-9]{6}$", CodeWords = "a GB/T 2260 code of six digits";

    [ConfigRequired, Description("The city's names.")]
    public NamesFile Name { get; set; } = new();

    [ConfigRequired, ConfigPattern(CodeForm, CodeWords), Description("The city's GB/T 2260 code, in quotes.")]
    public string Code { get; set; } = "";

    [ConfigRequired, Description("The time zone of local times and civil days, by its IANA name.")]
    public string Zone { get; set; } = "";

    [ConfigRequired, Description("Where positions may lie, in degrees of WGS-84.")]
    public BoundsFile Bounds { get; set; } = new();

    [Description("Times before this local day are rejected.")]
    public DateOnly Earliest { get; set; } = new(2010, 1, 1);

    [Description("How far a time may lie ahead of its arrival.")]
    public TimeSpan Ahead { get; set; } = TimeSpan.FromMinutes(5);

    [ConfigRequired, ConfigCount(1, 1000), ConfigKeyPattern(CodeForm, CodeWords), Description("The districts and counties, by GB/T 2260 code.")]
    public Dictionary<string, DistrictFile> Districts { get; set; } = [];

    [Description("An approved map of the districts, for the wall; a schematic one without it.")]
    public DistrictMapFile? Map { get; set; }

    [Description("When the administration works.")]
    public WorkingFile Working { get; set; } = new();

    [Description("How national standards are applied, where they leave it to the city.")]
    public StandardsFile Standards { get; set; } = new();

    [ConfigCount(1, 2), Description("The languages of the screens; the first is the default.")]
    public List<Language> Languages { get; set; } = [Language.Zh, Language.En];

    [Description("How long things are kept.")]
    public RetentionFile Retention { get; set; } = new();

    [Description("The largest message that is looked at.")]
    public LimitsFile Limits { get; set; } = new();
}

public enum Language { Zh, En }

public sealed class BoundsFile : ConfigSection
{
    [ConfigRequired, ConfigCount(2, 2), ConfigRange(-90, 90), Description("From south to north.")]
    public List<double> Lat { get; set; } = [];

    [ConfigRequired, ConfigCount(2, 2), ConfigRange(-180, 180), Description("From west to east.")]
    public List<double> Lon { get; set; } = [];
}

public sealed class DistrictFile : ConfigSection
{
    [ConfigRequired]
    public NamesFile Name { get; set; } = new();

    [ConfigRequired, ConfigRange(-90, 90), Description("Latitude of the seat of its government.")]
    public double Lat { get; set; }

    [ConfigRequired, ConfigRange(-180, 180), Description("Longitude of the seat of its government.")]
    public double Lon { get; set; }

    [ConfigKeyPattern(CityFile.CodeForm, CityFile.CodeWords), Description("Codes and names of what became part of it.")]
    public Dictionary<string, string> Former { get; set; } = [];
}

public sealed class DistrictMapFile : ConfigSection
{
    [ConfigRequired, ConfigPattern("^map/[^/]+\\.geojson$", "a file of the folder map that ends in .geojson"), Description("GeoJSON with a Polygon or MultiPolygon for each district: map/districts.geojson.")]
    public string File { get; set; } = "";

    [Description("The property of each feature that holds the code or the Chinese name of its district; code without it.")]
    public string Property { get; set; } = "code";

    [ConfigRequired, ConfigPattern("^.{1,60}$", "1 to 60 signs"), Description("The number under which the map was approved (审图号); it stands below the map.")]
    public string Approval { get; set; } = "";

    [Description("Who published the map; it stands below it.")]
    public NamesFile? Source { get; set; }
}

public sealed class WorkingFile : ConfigSection
{
    [Description("The days of the week that are worked.")]
    public List<DayOfWeek> Days { get; set; } =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    [ConfigCount(1, 10), Description("The hours of a working day, local time, in their order; 08:00-12:00 and 14:30-18:00 without it.")]
    public List<HoursFile> Hours { get; set; } =
        [new() { From = new(8, 0), To = new(12, 0) }, new() { From = new(14, 30), To = new(18, 0) }];

    [Description("Days not worked.")]
    public List<HolidayFile> Holidays { get; set; } = [];

    [Description("Days worked although the week says otherwise (调休上班).")]
    public List<DateOnly> Workdays { get; set; } = [];
}

public sealed class HoursFile : ConfigSection
{
    [ConfigRequired]
    public TimeOnly From { get; set; }

    [ConfigRequired]
    public TimeOnly To { get; set; }
}

public sealed class StandardsFile : ConfigSection
{
    [Description("The edition of HJ 633 and GB 3095 that air quality indices follow.")]
    public AirEdition Air { get; set; } = AirEdition.Of2026;

    [Description("When a mean of air counts; GB 3095-2012, table 4, and HJ 663-2013, 6 without it.")]
    public AirRulesFile AirRules { get; set; } = new();

    [Description("The hours of the day for noise, whole hours; the others are the night's. 06:00 to 22:00 without it.")]
    public HoursFile? NoiseDay { get; set; }
}

public sealed class AirRulesFile : ConfigSection
{
    [Description("How often a station sends at the least; slots of an hour of this length that have a sample are measured.")]
    public TimeSpan Every { get; set; } = new AirRules().Every;

    [ConfigRange(1, 60), Description("So many minutes of an hour must be measured.")]
    public int HourMinutes { get; set; } = new AirRules().HourMinutes;

    [ConfigRange(1, 24), Description("So many hours of a day must count.")]
    public int DayHours { get; set; } = new AirRules().DayHours;

    [ConfigRange(0, 1), Description("Such a share of the stations must have a value, 0 to 1.")]
    public double Stations { get; set; } = new AirRules().Stations;
}

public sealed class HolidayFile : ConfigSection
{
    [ConfigRequired]
    public NamesFile Name { get; set; } = new();

    [ConfigRequired, Description("The first day.")]
    public DateOnly From { get; set; }

    [ConfigRequired, Description("The last day.")]
    public DateOnly To { get; set; }
}

public sealed class RetentionFile : ConfigSection
{
    [Description("Observations.")]
    public TimeSpan Raw { get; set; } = TimeSpan.FromDays(400);

    [Description("Views of one minute.")]
    public TimeSpan Minutes { get; set; } = TimeSpan.FromDays(90);

    [Description("Views of one hour.")]
    public TimeSpan Hours { get; set; } = TimeSpan.FromDays(1100);

    [Description("Photos of reports, after the end of their cases; not longer than raw.")]
    public TimeSpan Photos { get; set; } = TimeSpan.FromDays(180);
}

public sealed class LimitsFile : ConfigSection
{
    [ConfigRange(1024, 64 << 20), Description("Bytes of a message as it comes.")]
    public int PayloadBytes { get; set; } = 256 << 10;

    [ConfigRange(1024, 256 << 20), Description("Bytes of a message after decompression.")]
    public int DecompressedBytes { get; set; } = 4 << 20;

    [ConfigRange(4, 128), Description("Levels of nesting.")]
    public int Depth { get; set; } = 64;

    [ConfigRange(1, 1_000_000), Description("Elements in one message.")]
    public int Elements { get; set; } = 10_000;
}
