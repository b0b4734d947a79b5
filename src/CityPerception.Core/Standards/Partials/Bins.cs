namespace CityPerception.Core.Standards.Partials;

/// <summary>How a <see cref="PercentilePartial{TBins}"/> sorts values into bins. Keys grow with the values; there are only so many.</summary>
public interface IBins
{
    /// <summary>Stands before what is written, so that no other bins read it.</summary>
    static abstract byte Id { get; }

    /// <summary>Keys lie in [-LargestKey, LargestKey].</summary>
    static abstract int LargestKey { get; }

    static abstract int KeyOf(double value);

    /// <summary>The value that stands for those of a bin.</summary>
    static abstract double ValueOf(int key);
}

/// <summary>
/// Bins of 1 % of the value, either sign: for durations and amounts. What is smaller than 1e-6 is 0; what is larger than
/// 1e9 is in the last bin.
/// </summary>
/// <remarks>Those of DDSketch (Masson, Rim, Lee: VLDB 2019), with the range fixed so that merging never has to make bins coarser.</remarks>
public readonly struct RelativeBins : IBins
{
    private const double Accuracy = 0.01, Gamma = (1 + Accuracy) / (1 - Accuracy), Smallest = 1e-6, Largest = 1e9;

    private static readonly double LogGamma = Math.Log(Gamma);
    private static readonly int First = PowerOf(Smallest);

    public static byte Id => (byte)'r';

    public static int LargestKey { get; } = PowerOf(Largest) - First + 1;

    public static int KeyOf(double value)
    {
        double size = Math.Abs(value);
        if (size < Smallest) return 0;
        int key = PowerOf(Math.Min(size, Largest)) - First + 1;
        return value < 0 ? -key : key;
    }

    public static double ValueOf(int key)
    {
        if (key == 0) return 0;
        double size = 2 * Math.Pow(Gamma, Math.Abs(key) - 1 + First) / (Gamma + 1);
        return key < 0 ? -size : size;
    }

    private static int PowerOf(double size) => (int)Math.Ceiling(Math.Log(size) / LogGamma);
}

/// <summary>Bins of 0.1 dB, from −200 to 200 dB: levels of meters, which are no finer, stay what they are.</summary>
public readonly struct LevelBins : IBins
{
    private const double PerDecibel = 10;

    public static byte Id => (byte)'l';

    public static int LargestKey => 2000;

    public static int KeyOf(double value) => (int)Math.Clamp(Math.Round(value * PerDecibel), -LargestKey, LargestKey);

    public static double ValueOf(int key) => key / PerDecibel;
}
