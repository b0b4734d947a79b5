using CityPerception.Core.Configuration;

namespace CityPerception.Core.Standards;

/// <summary>The six that an air quality index is made of. CO is in mg/m3, the others in ug/m3.</summary>
public enum AirPollutant
{
    Pm25,
    Pm10,
    So2,
    No2,
    Co,
    O3,
}

/// <summary>Over how long a concentration was averaged; 8 hours are for ozone only.</summary>
public enum AirPeriod
{
    Hour,
    EightHours,
    Day,
}

/// <summary>Of the technical regulation on the index, and of the limits (GB 3095) that it goes with.</summary>
public enum AirEdition
{
    /// <summary>HJ 633-2026 and GB 3095-2026, in force since 2026-03-01.</summary>
    [ConfigName("2026")]
    Of2026,

    /// <summary>HJ 633-2012 and GB 3095-2012, before.</summary>
    [ConfigName("2012")]
    Of2012,
}

/// <summary>A set of pollutants.</summary>
[Flags]
public enum AirPollutants
{
    None = 0,
    Pm25 = 1 << AirPollutant.Pm25,
    Pm10 = 1 << AirPollutant.Pm10,
    So2 = 1 << AirPollutant.So2,
    No2 = 1 << AirPollutant.No2,
    Co = 1 << AirPollutant.Co,
    O3 = 1 << AirPollutant.O3,
}

/// <summary>Names and sets of pollutants.</summary>
public static class AirPollutantNames
{
    private static readonly Names[] All =
        [new("细颗粒物", "PM2.5"), new("可吸入颗粒物", "PM10"), new("二氧化硫", "SO2"), new("二氧化氮", "NO2"), new("一氧化碳", "CO"), new("臭氧", "O3")];

    /// <summary>As HJ 633 writes it: 细颗粒物 and PM2.5.</summary>
    public static Names Name(this AirPollutant pollutant) => All[(int)pollutant];

    /// <summary>Those of a set, in the order of the enumeration.</summary>
    public static IEnumerable<AirPollutant> Each(this AirPollutants pollutants) =>
        Enum.GetValues<AirPollutant>().Where(p => pollutants.HasFlag(p.AsSet()));

    internal static AirPollutants AsSet(this AirPollutant pollutant) => (AirPollutants)(1 << (int)pollutant);
}
