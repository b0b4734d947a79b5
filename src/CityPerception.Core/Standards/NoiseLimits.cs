using System.Collections.Frozen;

namespace CityPerception.Core.Standards;

/// <summary>The limits of the two periods, dB(A).</summary>
public readonly record struct NoiseLimit(int Day, int Night)
{
    public int Of(NoisePeriod period) => period == NoisePeriod.Day ? Day : Night;

    /// <summary>
    /// dB by which a level exceeds the limit, negative below it; the level is rounded to 0.1 dB first (GB/T 8170), as meters
    /// show it.
    /// </summary>
    public double Over(double level, NoisePeriod period) => Rounding.HalfToEven(Rounding.HalfToEven(level, 1) - Of(period), 1);

    /// <summary>Whether a level keeps to the limit; one that equals it does.</summary>
    public bool IsMet(double level, NoisePeriod period) => Over(level, period) <= 0;

    /// <summary>Whether a sudden noise of the night is too loud: its largest level may exceed the limit by 15 dB (GB 3096-2008, 5.4).</summary>
    public bool IsTooSudden(double lmax) => Over(lmax, NoisePeriod.Night) > 15;
}

/// <summary>Limits by class of area: GB 3096-2008, table 1 (环境噪声限值).</summary>
public static class NoiseLimits
{
    private static readonly FrozenDictionary<string, NoiseLimit> ByClass = new Dictionary<string, NoiseLimit>
    {
        ["0"] = new(50, 40),
        ["1"] = new(55, 45),
        ["2"] = new(60, 50),
        ["3"] = new(65, 55),
        ["4a"] = new(70, 55),
        ["4b"] = new(70, 60),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Beside railways of before 2011 that pass through towns, without a train passing (5.3); lines approved since have the
    /// limits of 4b.
    /// </summary>
    public static NoiseLimit ExistingRailway { get; } = new(70, 55);

    /// <summary>0 (sanatoria), 1 (homes, hospitals, schools), 2 (shops among homes), 3 (industry), 4a (beside roads), 4b (beside railways).</summary>
    public static IEnumerable<string> Classes => ByClass.Keys.Order(StringComparer.Ordinal);

    /// <summary>Null for a class that there is not.</summary>
    public static NoiseLimit? Of(string areaClass) => ByClass.TryGetValue(areaClass, out NoiseLimit limit) ? limit : null;
}
