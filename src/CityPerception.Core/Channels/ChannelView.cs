namespace CityPerception.Core.Channels;

/// <summary>Whom a view is of.</summary>
/// <param name="District">A district's code, or the city's own for all of it.</param>
/// <param name="Group">The value of the tag that the KPI is given by; empty for none.</param>
public readonly record struct ViewKey(string District, string Group = "");

/// <summary>One value of a KPI: of a district, a group and a window.</summary>
public sealed record ChannelView
{
    // Of a value: nobody reads more.
    private const double Digits = 1e-9;

    public required string Kpi { get; init; }

    public required ViewWindow Window { get; init; }

    /// <summary>Of the window, in UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    public required ViewKey Key { get; init; }

    public required double Value { get; init; }

    /// <summary>Of a ratio; else null.</summary>
    public double? Num { get; init; }

    public double? Den { get; init; }

    /// <summary>How many observations it is computed from; of a ratio its denominator.</summary>
    public required long Samples { get; init; }

    /// <summary>What belongs to the value in words: the primary pollutant, the items that decide a class. Null for nothing.</summary>
    public string? Text { get; init; }

    /// <summary>The share of the expected samples that arrived; null where it is not known how many are expected.</summary>
    public double? Coverage { get; init; }

    /// <summary>The level by this window alone.</summary>
    public required Level OwnLevel { get; init; }

    /// <summary>The level that is shown: with hysteresis, where the KPI has it.</summary>
    public Level Level { get; init; } = Level.Unknown;

    /// <summary>Whether the value was taken back: late data left nothing that it could be computed from.</summary>
    public bool Void { get; init; }

    /// <summary>0 as it was first shown; one more each time that it was restated.</summary>
    public int Revision { get; init; }

    /// <summary>When it was computed.</summary>
    public DateTimeOffset ComputedAt { get; init; }

    /// <summary>
    /// Whether it says the same, whenever it was computed. Stores add up in any order, and so with other last digits each time: these are no news.
    /// </summary>
    public bool SaysSame(ChannelView other) => this with
    {
        Revision = other.Revision,
        ComputedAt = other.ComputedAt,
        Value = Settled(Value, other.Value),
        Num = Settled(Num, other.Num),
        Den = Settled(Den, other.Den),
        Coverage = Settled(Coverage, other.Coverage),
    } == other;

    private static double Settled(double value, double before) => Math.Abs(value - before) <= Digits * Math.Abs(before) ? before : value;

    private static double? Settled(double? value, double? before) => value is { } now && before is { } then ? Settled(now, then) : value;
}
