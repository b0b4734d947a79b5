using System.Collections.Immutable;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Configuration;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels;

/// <summary>A channel view, from its file. Immutable; a reload makes a new one.</summary>
/// <param name="Slug">As in tags and routes: city, social …</param>
/// <param name="Names">On screens.</param>
/// <param name="Description">What it watches.</param>
/// <param name="Kpis">In the order of the file; the first is the main one.</param>
public sealed record Channel(string Slug, Names Names, Names Description, ImmutableArray<Kpi> Kpis)
{
    /// <summary>The KPI of an id, or null.</summary>
    public Kpi? Find(string id) => Kpis.FirstOrDefault(k => k.Id == id);
}

/// <summary>A KPI: what it is computed from, how, and when it is red.</summary>
public sealed record Kpi
{
    public required string Id { get; init; }

    public required Names Names { get; init; }

    public required Names Description { get; init; }

    /// <summary>Standard and clause, or "default".</summary>
    public required string DefinedBy { get; init; }

    public required string Unit { get; init; }

    public required Better Better { get; init; }

    public required ImmutableArray<ViewWindow> Windows { get; init; }

    /// <summary>The tag by whose values it is given, beside the district; null for none.</summary>
    public string? By { get; init; }

    public required ImmutableArray<KpiInput> Inputs { get; init; }

    /// <summary>What tells how many samples were expected and how many arrived, of each kind that the inputs read; empty where nothing is expected.</summary>
    public ImmutableArray<KpiInput> Coverage { get; init; } = [];

    /// <summary>All that is asked of the store.</summary>
    public IEnumerable<KpiInput> Asked => Inputs.Concat(Coverage);

    public required KpiFormula Formula { get; init; }

    public required int MinSamples { get; init; }

    /// <summary>With a smaller share of the expected samples a level that is good is unknown; a bad one is shown.</summary>
    public double MinCoverage { get; init; }

    public KpiLevels? Levels { get; init; }
}

/// <summary>How the value follows from the inputs: directly, or as a ratio.</summary>
/// <param name="Value">The value; of a ratio null.</param>
/// <param name="Num">The numerator; null where it is none.</param>
/// <param name="Den">The denominator.</param>
/// <param name="Scale">Of a ratio.</param>
public sealed record KpiFormula(KpiExpression? Value, KpiExpression? Num, KpiExpression? Den, double Scale)
{
    /// <summary>As people read it.</summary>
    public override string ToString() => Value is { } value ? value.Text : (Scale == 1 ? "" : $"{Scale} · ") + $"({Num!.Text}) / ({Den!.Text})";
}

/// <summary>One aggregate of points, by the name that expressions use.</summary>
public sealed record KpiInput
{
    public required string Name { get; init; }

    /// <summary>The same for inputs that are computed alike, whatever their name: partials are kept by it.</summary>
    public required string Key { get; init; }

    /// <summary>What it reads; but for calculations this is one.</summary>
    public required ImmutableArray<string> Measurements { get; init; }

    /// <summary>The measurement; of a calculation that to which conditions apply.</summary>
    public string Measurement => Measurements[0];

    /// <summary>The field; empty for calculations, for <see cref="InputKind.Distinct"/> the tag.</summary>
    public required string Field { get; init; }

    public required InputKind Kind { get; init; }

    public double Percentile { get; init; }

    /// <summary>What computes it; null for aggregates.</summary>
    public ICalculation? Calculation { get; init; }

    public ImmutableArray<Filter> Where { get; init; } = [];

    /// <summary>The tag that its KPI is given by, beside the district; null for none.</summary>
    public string? By { get; init; }

    /// <summary>A tag by whose values the aggregate is taken first; null for none.</summary>
    public string? Per { get; init; }

    /// <summary>How often a sample is expected; null where that is not known.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The share of its expected samples that a site needs.</summary>
    public double Least { get; init; }

    /// <summary>Whether its value is how unusual the count is against the weeks before, not the count.</summary>
    public bool IsAgainstWeeks { get; init; }

    /// <summary>Weeks that a count is compared with.</summary>
    public const int Weeks = 4;

    /// <summary>The same window some weeks earlier; a negative number is later.</summary>
    public static DateTimeOffset Earlier(ViewWindow window, DateTimeOffset start, int weeks, TimeZoneInfo zone) =>
        window is ViewWindow.Day ? ViewWindows.Back(window, start, 7 * weeks, zone) : start.AddDays(-7 * weeks);

    /// <summary>The later windows that look back at a range.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) =>
        Calculation?.LaterWindows(window, from, to, zone)
        ?? (IsAgainstWeeks ? Enumerable.Range(1, Weeks).Select(w => (Earlier(window, from, -w, zone), Earlier(window, to, -w, zone))) : []);

    /// <summary>Whether the partials of an hour make those of a day. The others are computed from points for each window.</summary>
    public bool Adds => Calculation?.Adds ?? (!IsAgainstWeeks && Per is null && Kind is not (InputKind.Percentile or InputKind.Distinct));

    /// <summary>The value of a partial; NaN where it has none. A count or a sum of nothing is 0.</summary>
    public double ValueOf(Partial partial) => IsAgainstWeeks ? (partial.Count == 0 ? double.NaN : partial.Sum) : (Per, Kind) switch
    {
        ({ }, _) or (_, InputKind.Mean) => partial.Count == 0 ? double.NaN : partial.Sum / partial.Count,
        (_, InputKind.Energy) => partial.Count == 0 ? double.NaN : 10 * Math.Log10(partial.Sum / partial.Count),
        (_, InputKind.Percentile or InputKind.Calculated) => partial.Count == 0 ? double.NaN : partial.Sum,
        (_, InputKind.Min) => partial.Min,
        (_, InputKind.Max) => partial.Max,
        _ => partial.Sum,
    };
}

/// <summary>What is computed of a field.</summary>
public enum InputKind { Count, Sum, Mean, Min, Max, Energy, Percentile, Distinct, Calculated }
