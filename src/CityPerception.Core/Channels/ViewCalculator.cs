using System.Collections.Immutable;

namespace CityPerception.Core.Channels;

/// <summary>Makes the views of a window out of partials. Pure: the same partials give the same views, however they came about.</summary>
/// <param name="city">The code that stands for the whole city.</param>
/// <param name="districts">The codes of its districts: what is counted has a value in each, be it 0.</param>
public sealed class ViewCalculator(string city, ImmutableArray<string> districts)
{
    /// <summary>The views of one KPI and window.</summary>
    /// <param name="kpi">The KPI.</param>
    /// <param name="window">The length of the window.</param>
    /// <param name="start">Its start.</param>
    /// <param name="partials">By the key of the input, those of each group, the city's own included.</param>
    /// <returns>In the order of their keys; those without a value are left out.</returns>
    public IReadOnlyList<ChannelView> Compute(Kpi kpi, ViewWindow window, DateTimeOffset start, IReadOnlyDictionary<string, IReadOnlyDictionary<ViewKey, Partial>> partials)
    {
        IEnumerable<ViewKey> keys = kpi.Inputs.SelectMany(i => partials[i.Key].Keys);
        if (kpi.By is null) keys = keys.Concat(districts.Append(city).Select(static d => new ViewKey(d)));
        List<ChannelView> views = [.. keys.Distinct().OrderBy(static k => k.District, StringComparer.Ordinal).ThenBy(static k => k.Group, StringComparer.Ordinal)
            .Select(key => One(kpi, window, start, key, partials)).OfType<ChannelView>()];
        return kpi.Levels is { PerDistrict: true } ? WithWorstOfDistricts(views) : views;
    }

    /// <summary>The samples that a KPI expected (count) and that arrived (sum), of all that it reads.</summary>
    public static Partial CoverageOf(Kpi kpi, ViewKey key, IReadOnlyDictionary<string, IReadOnlyDictionary<ViewKey, Partial>> partials) =>
        kpi.Coverage.Aggregate(Partial.None, (sum, c) => sum.And(partials[c.Key].GetValueOrDefault(key, Partial.None)));

    private static ChannelView? One(Kpi kpi, ViewWindow window, DateTimeOffset start, ViewKey key, IReadOnlyDictionary<string, IReadOnlyDictionary<ViewKey, Partial>> partials)
    {
        var values = new Dictionary<string, double>(kpi.Inputs.Length + 1);
        long samples = 0;
        string? text = null;
        foreach (KpiInput input in kpi.Inputs)
        {
            Partial partial = partials[input.Key].GetValueOrDefault(key, Partial.None);
            values[input.Name] = input.ValueOf(partial);
            samples += partial.Count;
            text ??= partial.Text;
        }

        Partial expected = CoverageOf(kpi, key, partials);
        double? coverage = expected.Count == 0 ? null : expected.Sum / expected.Count;
        double num = kpi.Formula.Num?.Evaluate(values) ?? double.NaN, den = kpi.Formula.Den?.Evaluate(values) ?? double.NaN;
        double value = kpi.Formula.Value is { } direct ? direct.Evaluate(values) : den == 0 ? double.NaN : kpi.Formula.Scale * num / den;
        if (!double.IsFinite(value)) return null;
        bool isRatio = kpi.Formula.Den is not null;
        long enough = isRatio ? (long)den : samples;
        return new ChannelView
        {
            Kpi = kpi.Id,
            Window = window,
            Start = start,
            Key = key,
            Value = value,
            Num = isRatio ? num : null,
            Den = isRatio ? den : null,
            Samples = enough,
            Text = text,
            Coverage = coverage,
            OwnLevel = Judge(kpi, value, enough, coverage, values),
        };
    }

    private static Level Judge(Kpi kpi, double value, long samples, double? coverage, Dictionary<string, double> values)
    {
        if (kpi.Levels is not { } levels || LevelReason.IsOfTooFew(kpi, samples)) return Level.Unknown;
        if (levels.Of is not null) values["value"] = value;
        Level level = levels.Judge(levels.Of?.Evaluate(values) ?? value);
        // What is bad by the samples that came is known to be bad; that it is good may be because the others did not come.
        return level is Level.Green && LevelReason.LacksCoverage(kpi, coverage) ? Level.Unknown : level;
    }

    private List<ChannelView> WithWorstOfDistricts(List<ChannelView> views)
    {
        Level worst = views.Where(v => v.Key.District != city).Select(static v => v.OwnLevel).DefaultIfEmpty(Level.Unknown).Max();
        return [.. views.Select(v => v.Key.District == city ? v with { OwnLevel = worst } : v)];
    }
}
