namespace CityPerception.Core.Geography;

/// <summary>Undoes the shifts of GCJ-02 and BD-09, to within a metre.</summary>
/// <remarks>
/// The forward shift of GCJ-02 has no published standard text; these are the coefficients in common use (the
/// Krasovsky 1940 ellipsoid and a sum of sines), which agree with the map services to a few decimetres. It has no
/// closed inverse: two steps of fixed-point iteration leave less than 10⁻⁷ degrees.
/// </remarks>
public static class DatumShift
{
    private const double SemiMajorAxis = 6378245.0, EccentricitySquared = 0.00669342162296594323;
    private const double BaiduAngle = Math.PI * 3000.0 / 180.0;

    public static (double Lat, double Lon) ToWgs84(double lat, double lon, Datum datum) => datum switch
    {
        Datum.Bd09 => FromGcj02(FromBd09(lat, lon)),
        Datum.Gcj02 => FromGcj02((lat, lon)),
        _ => (lat, lon),
    };

    private static (double Lat, double Lon) FromBd09(double lat, double lon)
    {
        double x = lon - 0.0065, y = lat - 0.006;
        double distance = Math.Sqrt(x * x + y * y) - 0.00002 * Math.Sin(y * BaiduAngle);
        double angle = Math.Atan2(y, x) - 0.000003 * Math.Cos(x * BaiduAngle);
        return (distance * Math.Sin(angle), distance * Math.Cos(angle));
    }

    private static (double Lat, double Lon) FromGcj02((double Lat, double Lon) shifted)
    {
        (double lat, double lon) = shifted;
        for (int i = 0; i < 3; i++)
        {
            (double latShift, double lonShift) = Gcj02Shift(lat, lon);
            (lat, lon) = (shifted.Lat - latShift, shifted.Lon - lonShift);
        }

        return (lat, lon);
    }

    private static (double Lat, double Lon) Gcj02Shift(double lat, double lon)
    {
        double x = lon - 105.0, y = lat - 35.0;
        double common = (20.0 * Math.Sin(6.0 * x * Math.PI) + 20.0 * Math.Sin(2.0 * x * Math.PI)) * 2.0 / 3.0;
        double north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.Sqrt(Math.Abs(x)) + common
            + (20.0 * Math.Sin(y * Math.PI) + 40.0 * Math.Sin(y / 3.0 * Math.PI)) * 2.0 / 3.0
            + (160.0 * Math.Sin(y / 12.0 * Math.PI) + 320.0 * Math.Sin(y * Math.PI / 30.0)) * 2.0 / 3.0;
        double east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.Sqrt(Math.Abs(x)) + common
            + (20.0 * Math.Sin(x * Math.PI) + 40.0 * Math.Sin(x / 3.0 * Math.PI)) * 2.0 / 3.0
            + (150.0 * Math.Sin(x / 12.0 * Math.PI) + 300.0 * Math.Sin(x / 30.0 * Math.PI)) * 2.0 / 3.0;

        double radians = lat / 180.0 * Math.PI, sine = Math.Sin(radians);
        double magic = 1 - EccentricitySquared * sine * sine, root = Math.Sqrt(magic);
        return (north * 180.0 / (SemiMajorAxis * (1 - EccentricitySquared) / (magic * root) * Math.PI),
            east * 180.0 / (SemiMajorAxis / root * Math.Cos(radians) * Math.PI));
    }
}
