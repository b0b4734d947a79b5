using System.Collections.Immutable;

namespace CityPerception.Core.Cases;

/// <summary>The measurements whose points are changes of cases.</summary>
/// <remarks>
/// A case is told of twice: in the measurement of its channel, and in <c>case_event</c>, where the flow between departments
/// is counted. Both are the same case. <c>approval</c> and <c>inspection</c> have lives, deadlines and counts of their own.
/// </remarks>
public static class CaseMeasurements
{
    public const string CaseEvent = "case_event";

    /// <summary>Those of channels first: they say what kind of case it is.</summary>
    public static ImmutableArray<string> All { get; } = ["incident", "hotline_ticket", "business_tip", "enforcement", CaseEvent];

    /// <summary>The fields that count.</summary>
    public static ImmutableArray<string> Fields { get; } = ["case_id", "parent_source", "deadline", "on_time", "mediated", "agreed", "void"];
}
