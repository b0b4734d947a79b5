namespace CityPerception.Core.Standards;

/// <summary>Rounding as GB/T 8170-2008 has it.</summary>
public static class Rounding
{
    // Binary fractions: 0.35 is 0.34999999999999997, and the mean of three values of 0.2 is 0.20000000000000004. What lies
    // nearer than this to where the digit turns is there, as it would be had somebody reckoned by hand.
    private const double Noise = 1e-9;

    // Beyond this a double has no fraction of which there would be anything to round.
    private const double LargestWithFraction = 1e12;

    private static readonly double[] Powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];

    /// <summary>
    /// Rounds to so many decimals, 0 to 6; halves go to the even digit (GB/T 8170-2008, 3.2: 四舍六入五成双), negative
    /// values like their absolute value (3.2.4). Once only: round what was measured, not what was rounded (3.3.1).
    /// NaN and infinities stay what they are.
    /// </summary>
    public static double HalfToEven(double value, int decimals)
    {
        double scaled = value * Powers[decimals];
        if (!(Math.Abs(scaled) < LargestWithFraction)) return value;
        double floor = Math.Floor(scaled), fraction = scaled - floor;
        bool isHalf = Math.Abs(fraction - 0.5) < Noise * Math.Max(1, Math.Abs(scaled));
        double whole = isHalf ? (floor % 2 == 0 ? floor : floor + 1) : Math.Round(scaled);
        return whole / Powers[decimals];
    }

    /// <summary>The next integer that is not smaller (全部进位取整数).</summary>
    internal static int Up(double value) => (int)Math.Ceiling(value - Noise);

    /// <summary>
    /// The value without the noise of binary arithmetic, to compare in full with a limit (GB/T 8170-2008, 4.3.2:
    /// 全数值比较法).
    /// </summary>
    internal static double Full(double value) => HalfToEven(value, 6);
}
