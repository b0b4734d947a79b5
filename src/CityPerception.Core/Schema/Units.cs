using System.Collections.Frozen;
using System.Globalization;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Schema;

/// <summary>A unit: its value times <see cref="Numerator"/> / <see cref="Denominator"/> plus <see cref="Offset"/> is in its dimension's base unit.</summary>
/// <remarks>Decimals, so that 1 mg/m3 is 1000 ug/m3 and not 1000.0000000000001.</remarks>
public sealed record Unit(string Name, string Dimension, decimal Numerator, decimal Denominator = 1, decimal Offset = 0);

/// <summary>The units that configuration may name, and how to convert between them.</summary>
public static class Units
{
    private static readonly FrozenDictionary<string, Unit> ByName =
        UnitTable.All.SelectMany(row => row.Names.Select(name => KeyValuePair.Create(name, row.Unit))).ToFrozenDictionary();

    /// <summary>The units by the names that we write.</summary>
    public static IEnumerable<string> Names => UnitTable.All.Select(row => row.Unit.Name);

    /// <summary>The unit of a name (<c>µg/m³</c> is <c>ug/m3</c>), or null.</summary>
    public static Unit? Find(string name) => ByName.GetValueOrDefault(Plain(name));

    /// <summary>The known unit closest to an unknown name, or null.</summary>
    public static string? Closest(string name) => Suggest.Closest(Plain(name), Names);

    /// <summary>Units into which a unit can be converted, itself included.</summary>
    public static IEnumerable<string> ConvertibleWith(Unit unit) =>
        UnitTable.All.Where(row => row.Unit.Dimension == unit.Dimension).Select(row => row.Unit.Name);

    /// <summary>
    /// How a value converts: value × scale + offset. False when a unit is unknown or the two measure different things
    /// (dB and dB(A) do: the weighting cannot be made up afterwards).
    /// </summary>
    public static bool TryConversion(string from, string to, out double scale, out double offset)
    {
        (scale, offset) = (1, 0);
        if (Find(from) is not { } a || Find(to) is not { } b || a.Dimension != b.Dimension) return false;
        if (a == b) return true;
        decimal up = a.Numerator * b.Denominator, down = a.Denominator * b.Numerator;
        scale = ToDouble(up / down);
        offset = ToDouble((a.Offset - b.Offset) * b.Denominator / b.Numerator);
        return true;
    }

    /// <summary>The nearest double; the conversion operator is off by one in the last place now and then (−160/9).</summary>
    private static double ToDouble(decimal exact) =>
        double.Parse(exact.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Plain(string name) => name
        .Replace('µ', 'u').Replace('μ', 'u').Replace('³', '3').Replace('²', '2').Replace('／', '/').Replace('％', '%');
}
