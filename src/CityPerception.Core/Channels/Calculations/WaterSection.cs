using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The class of a section by mean concentrations, never by classes (环办〔2011〕22号): of a day, or of the last measurement within 6 hours.</summary>
/// <param name="Start">Of the window.</param>
/// <param name="Site">The section.</param>
/// <param name="Class">1 to 6, and what decides.</param>
internal sealed record WaterSection(DateTimeOffset Start, Site Site, WaterClass Class)
{
    /// <summary>Slow analysers measure every 4 hours: what they said holds for so long.</summary>
    public const int HeldHours = 6;

    private const string Temperature = "water_temp";

    private static readonly (string Field, WaterItem Item)[] Items =
    [
        ("ph", WaterItem.Ph), ("do", WaterItem.DissolvedOxygen), ("codmn", WaterItem.Permanganate), ("cod", WaterItem.Cod), ("bod5", WaterItem.Bod5),
        ("nh3n", WaterItem.Ammonia), ("tp", WaterItem.Phosphorus), ("tn", WaterItem.Nitrogen),
    ];

    /// <summary>Of every section and window of a scope that has an item which decides.</summary>
    public static Task<IReadOnlyList<WaterSection>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken) =>
        scope.OnceAsync("water", () => ComputeAsync(scope, cancellationToken));

    private static async Task<IReadOnlyList<WaterSection>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        bool isDay = scope.Window is ViewWindow.Day;
        DateTimeOffset from = isDay ? scope.From : scope.From.AddHours(1 - HeldHours);
        string[] fields = [.. Items.Select(static i => i.Field), Temperature];
        var hours = await new SiteHours(scope, "water_quality").ReadAsync(fields, from, scope.To, TimeSpan.FromHours(1), 1, cancellationToken);
        List<WaterSection> sections = [];
        foreach (var site in hours.GroupBy(static h => h.Key.Site))
        {
            Dictionary<DateTimeOffset, double[]> known = site.ToDictionary(static h => h.Key.Hour, static h => h.Value);
            foreach (DateTimeOffset start in scope.Starts)
            {
                DateTimeOffset end = ViewWindows.Next(scope.Window, start, scope.City.Zone);
                double[][] last = [.. known.Where(h => h.Key < end && h.Key >= (isDay ? start : end.AddHours(-HeldHours))).OrderByDescending(static h => h.Key).Select(static h => h.Value)];
                if (ClassOf([.. fields.Select((_, i) => ValueOf(last, i, isDay))], site.Key.Category) is { } found) sections.Add(new WaterSection(start, site.Key, found));
            }
        }

        return sections;
    }

    /// <summary>What decides and what was looked at, by the names of fields.</summary>
    public string Words => $"{Names(Class.Deciding)}; items {Names(Class.Findings)}";

    private static double ValueOf(double[][] latestFirst, int field, bool isDay)
    {
        double[] values = [.. latestFirst.Select(v => v[field]).Where(static v => !double.IsNaN(v))];
        return values.Length == 0 ? double.NaN : isDay ? values.Average() : values[0];
    }

    private static WaterClass? ClassOf(double[] values, string category)
    {
        ReadOnlySpan<WaterReading> readings = [.. Items.Select((item, i) => new WaterReading(item.Item, values[i])).Where(static r => !double.IsNaN(r.Value))];
        double oxygen = values[1], temperature = values[^1];
        double? saturation = double.IsNaN(oxygen) || double.IsNaN(temperature) ? null : 100 * oxygen / SurfaceWater.SaturatedOxygen(temperature);
        return SurfaceWater.Evaluate(readings, category == "lake" ? WaterBody.Lake : WaterBody.River, saturation);
    }

    private static string Names(IEnumerable<WaterFinding> findings) => string.Join(", ", findings.Select(static f => Items.First(i => i.Item == f.Item).Field));
}
