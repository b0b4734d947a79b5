using System.Collections.Immutable;
using CityPerception.Core.Configuration;
using CityPerception.Core.Schema;

namespace CityPerception.Core.Channels;

/// <summary>Checks what the attributes of <see cref="ChannelFile"/> cannot say, and makes the channel.</summary>
public sealed class ChannelCompiler
{
    private const string Value = "value";

    // A ratio of three cases says nothing of a department.
    private const int RatioSamples = 5;

    private readonly InputCompiler _inputs;
    private readonly MeasurementCatalog _catalog;
    private readonly ConfigFaults _faults;

    public ChannelCompiler(MeasurementCatalog catalog, ConfigFaults faults) =>
        (_inputs, _catalog, _faults) = (new InputCompiler(catalog, faults), catalog, faults);

    /// <summary>The channel; null, with the faults noted, when anything is wrong.</summary>
    public Channel? Compile(ChannelFile file)
    {
        int before = _faults.All.Count;
        CheckSlug(file);
        ImmutableArray<Kpi> kpis = [.. file.Kpis.Where(static k => k.Value.IsSound).Select(k => Compile(k.Key, k.Value)).OfType<Kpi>()];
        return _faults.All.Count > before || !file.IsSound ? null : new Channel(file.Channel, file.Name.ToNames(), file.Description.ToNames(), kpis);
    }

    // The tag of views is bounded, and a channel that it does not know could not be stored.
    private void CheckSlug(ChannelFile file)
    {
        if (_catalog.ByName.GetValueOrDefault(ChannelViews.Measurement)?.FindTag(ChannelViews.Channel) is not { Values: { Count: > 0 } known } || known.Contains(file.Channel)) return;
        _faults.Add(file, "channel", $"\"{file.Channel}\"", $"the values of {ChannelViews.Measurement}'s tag {ChannelViews.Channel}: " + string.Join(", ", known), Suggest.Closest(file.Channel, known));
    }

    private Kpi? Compile(string id, KpiFile file)
    {
        int before = _faults.All.Count;
        ImmutableArray<KpiInput> inputs = [.. file.Inputs.Select(i => _inputs.Compile(i.Key, i.Value, file.By)).OfType<KpiInput>()];
        string[] names = [.. file.Inputs.Keys];
        var formula = new KpiFormula(Expression(file, "value", file.Value, names), Expression(file, "num", file.Num, names), Expression(file, "den", file.Den, names), file.Scale ?? 1);
        ImmutableArray<KpiInput> coverage = [.. inputs.Select(_inputs.CoverageOf).OfType<KpiInput>().DistinctBy(static c => c.Key)];
        if (file.Has("min_coverage") && coverage.IsEmpty && inputs.Length == file.Inputs.Count) _faults.Add(file, "min_coverage", "min_coverage without an input of samples", "min_coverage where something is measured again and again");
        KpiLevels? levels = file.Levels is { } written ? Levels(written, file.Better, names) : null;
        if (file.Has("scale") && file.Num is null) _faults.Add(file, "scale", "scale without num and den", "scale of a ratio");
        foreach (KpiInput input in inputs) CheckWindows(input, file);
        if (file.Windows.Distinct().Count() < file.Windows.Count) _faults.Add(file, "windows", "a window twice", "each window once");
        if (_faults.All.Count > before) return null;
        return new Kpi
        {
            Id = id,
            Names = file.Name.ToNames(),
            Description = file.Description.ToNames(),
            DefinedBy = file.DefinedBy,
            Unit = file.Unit,
            Better = file.Better,
            Windows = [.. file.Windows.Order()],
            By = file.By,
            Inputs = inputs,
            Coverage = coverage,
            Formula = formula,
            MinSamples = file.MinSamples ?? (file.Den is null ? 0 : RatioSamples),
            MinCoverage = file.MinCoverage ?? 0,
            Levels = levels,
        };
    }

    private void CheckWindows(KpiInput input, KpiFile file)
    {
        if (input.Calculation is not { } calculation) return;
        ViewWindow[] allowed = [.. calculation.Windows, .. calculation.Adds ? new[] { ViewWindow.Day } : []];
        foreach (ViewWindow window in file.Windows.Except(allowed))
            _faults.Add(file, "windows", $"{ViewWindows.NameOf(window)} with {calculation.Name}", "the windows " + string.Join(", ", allowed.Select(ViewWindows.NameOf)));
    }

    private KpiExpression? Expression(ConfigSection section, string key, string? text, string[] names)
    {
        if (text is null) return null;
        KpiExpression? expression = KpiExpression.Parse(text, names, out (string Found, string Allowed)? fault);
        if (fault is { } wrong) _faults.Add(section, key, wrong.Found, wrong.Allowed);
        return expression;
    }

    private KpiLevels Levels(LevelsFile file, Better better, string[] names)
    {
        List<(double, double)> bands = [];
        foreach ((string key, List<double> written) in new[] { ("green", file.Green), ("yellow", file.Yellow), ("orange", file.Orange) })
        {
            if (!file.Has(key)) continue;
            (double min, double max) = (better, written) switch
            {
                (Better.Higher, [var least]) => (least, double.PositiveInfinity),
                (Better.Lower, [var most]) => (double.NegativeInfinity, most),
                (Better.Neutral, [var least, var most]) when least <= most => (least, most),
                _ => (double.NaN, double.NaN),
            };
            if (double.IsNaN(min)) _faults.Add(file, key, string.Join(", ", written), better is Better.Neutral ? "the lowest and the highest value, as the KPI is neutral" : "one value, the last that is " + key);
            else if (bands is [.., var (innerMin, innerMax)] && (min > innerMin || max < innerMax)) _faults.Add(file, key, string.Join(", ", written), "a value no better than that of the level before");
            bands.Add((min, max));
        }

        return new KpiLevels
        {
            Bands = [.. bands],
            Of = Expression(file, "of", file.Of, [.. names, Value]),
            Hold = file.Hold,
            PerDistrict = file.PerDistrict,
        };
    }
}
