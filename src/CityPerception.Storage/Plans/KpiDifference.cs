using System.Collections.Immutable;
using CityPerception.Core.Channels;

namespace CityPerception.Storage.Plans;

/// <summary>What a changed configuration makes of one KPI and length of windows.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Kpi">The KPI.</param>
/// <param name="Window">The length of the windows.</param>
/// <param name="Now">By the present configuration.</param>
/// <param name="Then">By the changed one.</param>
/// <param name="OnlyNow">Views that would be no more.</param>
/// <param name="OnlyThen">Views that would be new.</param>
/// <param name="Values">Views of both whose value differs.</param>
/// <param name="LevelChanges">Views of both whose level differs.</param>
/// <param name="RedInBoth">Red windows that stay red.</param>
/// <param name="Largest">The largest change of a value; null for none.</param>
public sealed record KpiDifference(
    string Channel, string Kpi, ViewWindow Window, KpiSide Now, KpiSide Then, long OnlyNow, long OnlyThen, long Values, long LevelChanges, long RedInBoth, ValueChange? Largest)
{
    /// <summary>Whether anything differs.</summary>
    public bool IsAny => OnlyNow + OnlyThen + Values + LevelChanges > 0;
}

/// <summary>One of the two.</summary>
/// <param name="Views">How many views there are.</param>
/// <param name="Levels">How many windows of each level: unknown, green, yellow, orange, red.</param>
/// <param name="Alarms">How often a district or the city became red.</param>
public sealed record KpiSide(long Views, ImmutableArray<long> Levels, long Alarms)
{
    /// <summary>The number of windows of a level.</summary>
    public long Of(Level level) => Levels[(int)level - (int)Level.Unknown];
}

/// <summary>A value that would be another.</summary>
/// <param name="Start">Of its window.</param>
/// <param name="Key">Its district and group.</param>
/// <param name="Now">By the present configuration.</param>
/// <param name="Then">By the changed one.</param>
public sealed record ValueChange(DateTimeOffset Start, ViewKey Key, double Now, double Then);
