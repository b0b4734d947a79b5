namespace CityPerception.Core.Standards;

/// <summary>Levels of noise, dB(A), by GB 3096-2008 (声环境质量标准), clause 3. A level that is missing is left out, never NaN.</summary>
public static class Noise
{
    /// <summary>10^(L/10), what an energy mean adds up.</summary>
    public static double Energy(double level) => Math.Pow(10, level / 10);

    /// <summary>The level of an energy: 10·lg; negative infinity for none.</summary>
    public static double Level(double energy) => 10 * Math.Log10(energy);

    /// <summary>
    /// The equivalent continuous level (等效声级 Leq, 3.2) of levels that each stand for the same time: 10·lg of the mean of
    /// 10^(L/10). Not rounded.
    /// </summary>
    /// <returns>Null for none.</returns>
    public static double? Leq(ReadOnlySpan<double> levels)
    {
        if (levels.IsEmpty) return null;
        double sum = 0;
        foreach (double level in levels) sum += Energy(level);
        return Level(sum / levels.Length);
    }

    /// <summary>
    /// The day-night level: the energy mean of Ld and of Ln raised by 10 dB, weighted by their hours (16 and 8 unless the
    /// local government sets others).
    /// </summary>
    public static double Ldn(double ld, double ln, double dayHours = 16)
    {
        if (dayHours is not (>= 0 and <= 24)) throw new ArgumentOutOfRangeException(nameof(dayHours), dayHours, "0 to 24 hours");
        return Level(((dayHours * Energy(ld)) + ((24 - dayHours) * Energy(ln + 10))) / 24);
    }

    /// <summary>
    /// A percentile level (累积百分声级 LN, 3.6): the level that is exceeded N % of the time. Of 100 levels in falling order
    /// L10 is the 10th, L50 the 50th, L90 the 90th; between two ranks it is interpolated.
    /// </summary>
    /// <param name="falling">Levels of equal time, the largest first.</param>
    /// <param name="percent">N, over 0 to 100.</param>
    /// <returns>Null for none.</returns>
    public static double? Percentile(ReadOnlySpan<double> falling, double percent)
    {
        if (percent is not (> 0 and <= 100)) throw new ArgumentOutOfRangeException(nameof(percent), percent, "over 0 to 100");
        if (falling.IsEmpty) return null;
        double rank = Math.Max(1, falling.Length * percent / 100);
        int upper = (int)rank, lower = Math.Min(upper + 1, falling.Length);
        return falling[upper - 1] + ((rank - upper) * (falling[lower - 1] - falling[upper - 1]));
    }
}

/// <summary>Day or night, which have limits of their own.</summary>
public enum NoisePeriod
{
    Day,
    Night,
}

/// <summary>
/// The hours of the day; the others are the night's. 06:00 to 22:00, unless the local government sets others (GB 3096-2008,
/// 3.4; Noise Pollution Law, article 88).
/// </summary>
public readonly record struct NoiseHours(TimeOnly DayFrom, TimeOnly DayTo)
{
    public static NoiseHours Default { get; } = new(new TimeOnly(6, 0), new TimeOnly(22, 0));

    /// <summary>Which a local time belongs to. The night of a civil day is what lies before and after its day.</summary>
    public NoisePeriod Of(TimeOnly local) => local >= DayFrom && local < DayTo ? NoisePeriod.Day : NoisePeriod.Night;

    /// <summary>The civil day whose Ln a night's hour counts to when nights are not to be cut at midnight: that of its evening.</summary>
    public DateOnly NightOf(DateTime local) =>
        TimeOnly.FromDateTime(local) < DayFrom ? DateOnly.FromDateTime(local).AddDays(-1) : DateOnly.FromDateTime(local);

    /// <summary>Hours of the day.</summary>
    public double DayLength => (DayTo - DayFrom).TotalHours;
}
