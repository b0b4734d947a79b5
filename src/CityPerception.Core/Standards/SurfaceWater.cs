using CityPerception.Core.Configuration;

namespace CityPerception.Core.Standards;

/// <summary>A measured item.</summary>
/// <param name="Value">In the unit of <see cref="WaterItem"/>.</param>
public readonly record struct WaterReading(WaterItem Item, double Value);

/// <summary>An item's class.</summary>
/// <param name="Class">1 to 5, and 6 for worse than V (劣Ⅴ).</param>
/// <param name="Multiple">
/// How many times the limit of class III it exceeds that limit (超标倍数): (C − S)/S, two decimals; null if it does not, and
/// for pH and oxygen, which have none.
/// </param>
public readonly record struct WaterFinding(WaterItem Item, double Value, int Class, double? Multiple);

/// <summary>The class of a section or lake.</summary>
/// <param name="Class">The worst of the items that decide: 1 to 5, 6 for worse than V.</param>
/// <param name="Findings">Those items, in the order they were given. What is not among them was not looked at.</param>
/// <param name="Deciding">Those that have the worst class.</param>
/// <param name="Main">What pollutes most, at most three items worse than class III (主要污染指标).</param>
/// <param name="Apart">Items that are classed for reference: nitrogen of lakes, coliform.</param>
public sealed record WaterClass(
    int Class, IReadOnlyList<WaterFinding> Findings, IReadOnlyList<WaterFinding> Deciding, IReadOnlyList<WaterFinding> Main, IReadOnlyList<WaterFinding> Apart);

/// <summary>
/// Classes of surface water by GB 3838-2002, table 1, evaluated as the Measures for Evaluating Surface Water Quality (地表水
/// 环境质量评价办法(试行), 环办〔2011〕22号) say: by the worst single factor. Give it mean concentrations, never classes.
/// </summary>
public static class SurfaceWater
{
    /// <summary>The class that is worse than V (劣Ⅴ).</summary>
    public const int WorseThanV = 6;

    private const int ClassIII = 3;
    private const int MostMain = 3;

    private static readonly Names[] Qualities =
    [
        new("优", "excellent"), new("优", "excellent"), new("良好", "good"), new("轻度污染", "lightly polluted"),
        new("中度污染", "moderately polluted"), new("重度污染", "heavily polluted"),
    ];

    /// <summary>
    /// An item's class, 1 to 6: the best whose limit it keeps (limits that classes share: 从优不从劣). A value equal to the
    /// limit keeps it; it is compared in full (GB/T 8170, 4.3.2).
    /// </summary>
    /// <param name="saturation">Oxygen only, %: 90 and more is class I whatever the concentration.</param>
    /// <returns>Null for a value that is none (negative, NaN, infinite), and for nitrogen in rivers, which has no limit.</returns>
    public static int? ClassOf(WaterItem item, double value, WaterBody body, double? saturation = null)
    {
        if (!double.IsFinite(value) || value < 0) return null;
        double full = Rounding.Full(value);
        if (item == WaterItem.Ph) return full is >= 6 and <= 9 ? 1 : WorseThanV;
        if (item == WaterItem.DissolvedOxygen && saturation >= 90) return 1;
        ReadOnlySpan<double> limits = item.Limits(body);
        if (limits.IsEmpty) return null;
        for (int i = 0; i < limits.Length; i++)
        {
            if (item == WaterItem.DissolvedOxygen ? full >= limits[i] : full <= limits[i]) return i + 1;
        }
        return WorseThanV;
    }

    /// <summary>(C − S)/S against the limit of a class, III unless the section has another target; two decimals (GB/T 8170).</summary>
    /// <returns>Null if the limit is kept, and for pH and oxygen.</returns>
    public static double? Multiple(WaterItem item, double value, WaterBody body, int target = ClassIII)
    {
        if (target is not (>= 1 and <= 5)) throw new ArgumentOutOfRangeException(nameof(target), target, "classes 1 to 5");
        ReadOnlySpan<double> limits = item.Limits(body);
        if (limits.IsEmpty || item == WaterItem.DissolvedOxygen || !double.IsFinite(value)) return null;
        double limit = limits[target - 1], full = Rounding.Full(value);
        return full > limit ? Rounding.HalfToEven((full - limit) / limit, 2) : null;
    }

    /// <summary>Oxygen that saturates water of a temperature, mg/L, at sea level: 468/(31.6 + T) (HJ 2.3-2018, annex D).</summary>
    public static double SaturatedOxygen(double celsius) => 468 / (31.6 + celsius);

    /// <summary>The class of a section or lake.</summary>
    /// <returns>Null if no item decides.</returns>
    public static WaterClass? Evaluate(ReadOnlySpan<WaterReading> readings, WaterBody body, double? saturation = null)
    {
        List<WaterFinding> findings = [], apart = [];
        int worst = 0;
        foreach (WaterReading reading in readings)
        {
            if (ClassOf(reading.Item, reading.Value, body, saturation) is not { } itsClass) continue;
            var finding = new WaterFinding(reading.Item, reading.Value, itsClass, Multiple(reading.Item, reading.Value, body));
            (reading.Item.Decides() ? findings : apart).Add(finding);
            if (reading.Item.Decides()) worst = Math.Max(worst, itsClass);
        }
        return worst == 0 ? null : new WaterClass(worst, findings, [.. findings.Where(f => f.Class == worst)], MainOf(findings), apart);
    }

    /// <summary>The words for a class: 优 (I, II), 良好, 轻度污染, 中度污染, 重度污染 (环办〔2011〕22号, table 1).</summary>
    public static Names Quality(int itsClass)
    {
        if (itsClass is not (>= 1 and <= WorseThanV)) throw new ArgumentOutOfRangeException(nameof(itsClass), itsClass, "classes 1 to 6");
        return Qualities[itsClass - 1];
    }

    /// <summary>
    /// The words for a river or basin by the shares of its sections (环办〔2011〕22号, table 2), for five sections and more; of
    /// fewer the mean concentrations are classed.
    /// </summary>
    /// <param name="good">Sections of classes I to III.</param>
    /// <param name="bad">Sections worse than V.</param>
    /// <param name="sections">All that have a class.</param>
    public static Names QualityOfBasin(int good, int bad, int sections)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sections, 1);
        if (good < 0 || bad < 0 || good + bad > sections) throw new ArgumentException("more sections in the parts than in the whole", nameof(sections));
        // In whole numbers: 90 % is 90 %.
        if (100L * good >= 90L * sections) return Qualities[0];
        if (100L * good >= 75L * sections) return Qualities[2];
        return Qualities[100L * bad < 20L * sections ? 3 : 100L * bad < 40L * sections ? 4 : 5];
    }

    // Cyanide and heavy metals first, then by class, then by multiple (环办〔2011〕22号, 二(一)2).
    private static List<WaterFinding> MainOf(IEnumerable<WaterFinding> findings) =>
        [.. findings.Where(f => f.Class > ClassIII).OrderByDescending(f => f.Item.IsNamedFirst()).ThenByDescending(f => f.Class).ThenByDescending(f => f.Multiple ?? 0).Take(MostMain)];
}
