using CityPerception.Core.Geography;

namespace CityPerception.Core.Tests.Mapping;

public sealed class DatumShiftTests
{
    [Fact]
    public void ToWgs84_Gcj02AtChangzhi_MovesAFewHundredMetresSouthWest()
    {
        (double lat, double lon) = DatumShift.ToWgs84(36.2011, 113.1187, Datum.Gcj02);

        Assert.InRange((36.2011 - lat) * 111_000, -700, 700);
        Assert.InRange((113.1187 - lon) * 89_600, 400, 700);
    }

    [Fact]
    public void ToWgs84_Bd09_IsGcj02WithBaidusOffsetOnTop()
    {
        (double lat, double lon) = DatumShift.ToWgs84(36.2011 + 0.006, 113.1187 + 0.0065, Datum.Bd09);
        (double gcjLat, double gcjLon) = DatumShift.ToWgs84(36.2011, 113.1187, Datum.Gcj02);

        Assert.InRange((lat - gcjLat) * 111_000, -100, 100);
        Assert.InRange((lon - gcjLon) * 89_600, -100, 100);
    }

    [Fact]
    public void ToWgs84_Wgs84_IsUnchanged() => Assert.Equal((36.2, 113.1), DatumShift.ToWgs84(36.2, 113.1, Datum.Wgs84));
}
