using CityPerception.Core.Channels;
using CityPerception.Storage.Plans;

namespace CityPerception.Upkeep;

/// <summary>A configuration that a server is to compare with its own.</summary>
/// <param name="Files">Every file by its path in the directory.</param>
internal sealed record PlanFiles(IReadOnlyDictionary<string, byte[]> Files);

/// <summary>One thing to say about a comparison. Exactly one of the members is there.</summary>
internal sealed record PlanEvent(WorkProgress? Progress, PlanAnswer? Result) : IWorkEvent<PlanAnswer>;

/// <summary>What a changed configuration would change.</summary>
/// <param name="From">Windows from here.</param>
/// <param name="To">Up to here.</param>
/// <param name="Kpis">Each KPI that is said otherwise, by the length of windows.</param>
/// <param name="NotCompared">Files that differ and of which nothing is said: what they would make of messages cannot be seen, since stored messages are not kept.</param>
/// <param name="Stopped">Why it ended early.</param>
internal sealed record PlanAnswer(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<PlanItem> Kpis, IReadOnlyList<string> NotCompared, string? Stopped);

/// <summary>One KPI and length of windows.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Kpi">The KPI.</param>
/// <param name="Window">1m, 1h or 1d.</param>
/// <param name="Now">By the present configuration.</param>
/// <param name="Then">By the changed one.</param>
/// <param name="Removed">Views that would be no more.</param>
/// <param name="Added">Views that would be new.</param>
/// <param name="Values">Values that would be others.</param>
/// <param name="LevelChanges">Levels that would be others.</param>
/// <param name="RedInBoth">Red windows that stay red.</param>
/// <param name="Largest">The largest change of a value.</param>
internal sealed record PlanItem(string Channel, string Kpi, string Window, PlanCounts Now, PlanCounts Then, long Removed, long Added, long Values, long LevelChanges, long RedInBoth, PlanChange? Largest)
{
    public static PlanItem Of(KpiDifference d) => new(
        d.Channel, d.Kpi, ViewWindows.NameOf(d.Window), PlanCounts.Of(d.Now), PlanCounts.Of(d.Then), d.OnlyNow, d.OnlyThen, d.Values, d.LevelChanges, d.RedInBoth,
        d.Largest is { } largest ? new PlanChange(largest.Start, largest.Key.District, largest.Key.Group, largest.Now, largest.Then) : null);
}

/// <summary>How many windows.</summary>
/// <param name="Views">All.</param>
/// <param name="Unknown">Of no level.</param>
/// <param name="Green">Green ones.</param>
/// <param name="Yellow">Yellow ones.</param>
/// <param name="Orange">Orange ones.</param>
/// <param name="Red">Red ones.</param>
/// <param name="Alarms">How often a district or the city became red.</param>
internal sealed record PlanCounts(long Views, long Unknown, long Green, long Yellow, long Orange, long Red, long Alarms)
{
    public static PlanCounts Of(KpiSide side) =>
        new(side.Views, side.Of(Level.Unknown), side.Of(Level.Green), side.Of(Level.Yellow), side.Of(Level.Orange), side.Of(Level.Red), side.Alarms);
}

/// <summary>A value that would be another.</summary>
/// <param name="At">The start of its window.</param>
/// <param name="District">A district, or the city.</param>
/// <param name="Group">The value of the tag that the KPI is given by; empty for none.</param>
/// <param name="Now">By the present configuration.</param>
/// <param name="Then">By the changed one.</param>
internal sealed record PlanChange(DateTimeOffset At, string District, string Group, double Now, double Then);
