using CityPerception.Core.Configuration;

namespace CityPerception.Core.Geography;

/// <summary>The systems in which Chinese sources give longitude and latitude.</summary>
public enum Datum
{
    /// <summary>As satellites give it, and as it is stored.</summary>
    [ConfigName("wgs84")]
    Wgs84,

    /// <summary>The system of published Chinese maps (Amap, Tencent), shifted by 100–700 m.</summary>
    [ConfigName("gcj02")]
    Gcj02,

    /// <summary>Baidu's shift on top of GCJ-02.</summary>
    [ConfigName("bd09")]
    Bd09,
}
