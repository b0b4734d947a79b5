namespace CityPerception.Simulation.Offices;

/// <summary>
/// WGS-84 to GCJ-02, the shifted coordinates that phones and maps in China use: 100 to 700 m away. The formula is the
/// publicly known approximation on the Krassovsky ellipsoid; its error is below a metre.
/// </summary>
internal static class Gcj02
{
    private const double SemiMajorAxis = 6378245.0, EccentricitySquared = 0.00669342162296594323;

    public static (double Lat, double Lon) FromWgs84(double lat, double lon)
    {
        double x = lon - 105, y = lat - 35, ripple = 20 * Math.Sin(6 * x * Math.PI) + 20 * Math.Sin(2 * x * Math.PI);
        double north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.Sqrt(Math.Abs(x))
            + (ripple + 20 * Math.Sin(y * Math.PI) + 40 * Math.Sin(y / 3 * Math.PI) + 160 * Math.Sin(y / 12 * Math.PI) + 320 * Math.Sin(y * Math.PI / 30)) * 2 / 3;
        double east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.Sqrt(Math.Abs(x))
            + (ripple + 20 * Math.Sin(x * Math.PI) + 40 * Math.Sin(x / 3 * Math.PI) + 150 * Math.Sin(x / 12 * Math.PI) + 300 * Math.Sin(x / 30 * Math.PI)) * 2 / 3;

        double radians = lat * Math.PI / 180, flat = 1 - EccentricitySquared * Math.Pow(Math.Sin(radians), 2), root = Math.Sqrt(flat);
        return (lat + north * 180 / (SemiMajorAxis * (1 - EccentricitySquared) / (flat * root) * Math.PI),
            lon + east * 180 / (SemiMajorAxis / root * Math.Cos(radians) * Math.PI));
    }
}
