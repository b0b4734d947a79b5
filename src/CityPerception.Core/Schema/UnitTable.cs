namespace CityPerception.Core.Schema;

/// <summary>
/// The units and their exact factors: SI prefixes; 1 mmHg = 133.322387415 Pa,
/// 1 atm = 101325 Pa, 1 kn = 1852 m/h, 0 °C = 273.15 K (SI brochure, 9th edition, tables 8 and 9); 1 亩 = 2000/3 m² (GB 3100).
/// </summary>
internal static class UnitTable
{
    /// <summary>A unit under the name that we write, and the other names under which it is read.</summary>
    internal sealed record Row(Unit Unit, params string[] Aliases)
    {
        public IEnumerable<string> Names => Aliases.Prepend(Unit.Name);
    }

    public static IReadOnlyList<Row> All { get; } =
    [
        .. Dimension("mass per volume", ("g/m3", 1, 1), ("mg/m3", 1, 1_000), ("ug/m3", 1, 1_000_000), ("ng/m3", 1, 1_000_000_000),
            ("kg/m3", 1_000, 1), ("g/L", 1_000, 1), ("mg/L", 1, 1), ("ug/L", 1, 1_000), ("ng/L", 1, 1_000_000)),
        .. Dimension("ratio", ("1", 1, 1), ("%", 1, 100), ("‰", 1, 1_000), ("ppm", 1, 1_000_000), ("ppb", 1, 1_000_000_000)),
        new(new Unit("Cel", "temperature", 1), "degC", "°C", "℃"),
        new(new Unit("degF", "temperature", 5, 9, -160m / 9), "°F", "℉"),
        new(new Unit("K", "temperature", 1, 1, -273.15m)),
        .. Dimension("pressure", ("Pa", 1, 1), ("hPa", 100, 1), ("kPa", 1_000, 1), ("MPa", 1_000_000, 1), ("mbar", 100, 1), ("bar", 100_000, 1),
            ("atm", 101_325, 1), ("mmHg", 133.322387415m, 1), ("mmH2O", 9.80665m, 1)),
        .. Dimension("length", ("m", 1, 1), ("km", 1_000, 1), ("dm", 1, 10), ("cm", 1, 100), ("mm", 1, 1_000), ("um", 1, 1_000_000)),
        .. Dimension("area", ("m2", 1, 1), ("cm2", 1, 10_000), ("ha", 10_000, 1), ("km2", 1_000_000, 1), ("亩", 2_000, 3)),
        .. Dimension("volume", ("m3", 1, 1), ("L", 1, 1_000), ("mL", 1, 1_000_000)),
        .. Dimension("mass", ("kg", 1, 1), ("t", 1_000, 1), ("g", 1, 1_000), ("mg", 1, 1_000_000), ("ug", 1, 1_000_000_000)),
        .. Dimension("speed", ("m/s", 1, 1), ("km/h", 1_000, 3_600), ("kn", 1_852, 3_600), ("mm/h", 1, 3_600_000), ("mm/min", 1, 60_000)),
        .. Dimension("volume flow", ("m3/s", 1, 1), ("m3/min", 1, 60), ("m3/h", 1, 3_600), ("m3/d", 1, 86_400), ("L/s", 1, 1_000), ("L/min", 1, 60_000), ("L/h", 1, 3_600_000)),
        .. Dimension("mass flow", ("kg/s", 1, 1), ("g/s", 1, 1_000), ("kg/h", 1, 3_600), ("t/h", 1_000, 3_600), ("kg/d", 1, 86_400)),
        .. Dimension("conductivity", ("S/m", 1, 1), ("mS/cm", 1, 10), ("mS/m", 1, 1_000), ("uS/cm", 1, 10_000)),
        .. Dimension("voltage", ("V", 1, 1), ("mV", 1, 1_000), ("kV", 1_000, 1)),
        .. Dimension("current", ("A", 1, 1), ("mA", 1, 1_000), ("uA", 1, 1_000_000)),
        .. Dimension("power", ("W", 1, 1), ("mW", 1, 1_000), ("kW", 1_000, 1), ("MW", 1_000_000, 1)),
        .. Dimension("energy", ("J", 1, 1), ("kJ", 1_000, 1), ("MJ", 1_000_000, 1), ("Wh", 3_600, 1), ("kWh", 3_600_000, 1), ("MWh", 3_600_000_000, 1), ("度", 3_600_000, 1)),
        .. Dimension("frequency", ("Hz", 1, 1), ("kHz", 1_000, 1), ("MHz", 1_000_000, 1)),
        .. Dimension("irradiance", ("W/m2", 1, 1), ("kW/m2", 1_000, 1)),
        .. Dimension("illuminance", ("lx", 1, 1), ("klx", 1_000, 1)),
        .. Dimension("time", ("s", 1, 1), ("ms", 1, 1_000), ("us", 1, 1_000_000), ("min", 60, 1), ("h", 3_600, 1), ("d", 86_400, 1)),
        new(new Unit("deg", "angle", 1), "°"),
        .. Dimension("money", ("元", 1, 1), ("万元", 10_000, 1), ("亿元", 100_000_000, 1)),
        .. Dimension("bytes", ("By", 1, 1), ("kB", 1_000, 1), ("MB", 1_000_000, 1), ("KiB", 1_024, 1), ("MiB", 1_048_576, 1)),

        // Each of these is convertible with itself alone.
        .. Alone("dB", "dB(A)", "dBm", "NTU", "FNU", "件", "个", "次", "户", "人", "台", "工作日"),
    ];

    private static IEnumerable<Row> Dimension(string dimension, params (string Name, decimal Numerator, decimal Denominator)[] units) =>
        units.Select(u => new Row(new Unit(u.Name, dimension, u.Numerator, u.Denominator)));

    private static IEnumerable<Row> Alone(params string[] names) => names.Select(name => new Row(new Unit(name, name, 1)));
}
