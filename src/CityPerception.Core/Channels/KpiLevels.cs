using System.Collections.Immutable;

namespace CityPerception.Core.Channels;

/// <summary>How bad a value is.</summary>
public enum Level { Unknown = -1, Green, Yellow, Orange, Red }

/// <summary>When a value is green, yellow, orange or red.</summary>
public sealed record KpiLevels
{
    /// <summary>The ranges of green, yellow and orange, each within the next, both ends included.</summary>
    public required ImmutableArray<(double Min, double Max)> Bands { get; init; }

    /// <summary>What is judged in place of the value; null for the value.</summary>
    public KpiExpression? Of { get; init; }

    /// <summary>So many windows in a row have to be better before the level is.</summary>
    public int Hold { get; init; } = 1;

    /// <summary>Whether the city has the worst level of its districts.</summary>
    public bool PerDistrict { get; init; }

    /// <summary>The level of one window by itself.</summary>
    /// <param name="judged">The value, or what is judged in its place.</param>
    public Level Judge(double judged)
    {
        if (double.IsNaN(judged)) return Level.Unknown;
        for (int i = 0; i < Bands.Length; i++)
        {
            if (judged >= Bands[i].Min && judged <= Bands[i].Max) return (Level)i;
        }

        return Level.Red;
    }

    /// <summary>
    /// The level that is shown, from those of the window and of the <see cref="Hold"/> − 1 before it: it gets worse at once
    /// and better only when all of them are. It looks no further back, so that a late correction changes no more windows than these.
    /// </summary>
    /// <param name="levels">Of the windows by themselves, the latest first; those before the first known are left out.</param>
    public Level Shown(ReadOnlySpan<Level> levels)
    {
        if (levels.IsEmpty || levels[0] is Level.Unknown) return Level.Unknown;
        Level worst = levels[0];
        foreach (Level level in levels[..Math.Min(levels.Length, Hold)]) worst = (Level)Math.Max((int)worst, (int)level);
        return worst;
    }
}
