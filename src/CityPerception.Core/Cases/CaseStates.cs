using System.Collections.Frozen;

namespace CityPerception.Core.Cases;

/// <summary>The states of a case's life, in the order in which a case goes through them.</summary>
public static class CaseStates
{
    public const string Reported = "reported", Closed = "closed", Visited = "visited", Rework = "rework", Returned = "returned", Cancelled = "cancelled", Overdue = "overdue";

    // Of events of the same millisecond the one further in its life counts: systems write 10:00:00 for both.
    private static readonly string[] Order =
        [Reported, "verified", "accepted", "filed", "dispatched", "signed", Returned, Rework, "disposed", "checked", Closed, Cancelled, Visited];

    private static readonly FrozenDictionary<string, int> Ranks = Order.Select((state, rank) => KeyValuePair.Create(state, rank + 1)).ToFrozenDictionary();

    // An enforcement case has words of its own; its copy in case_event has those of cases.
    private static readonly FrozenDictionary<string, string> OfEnforcement = new Dictionary<string, string>
    {
        ["decided"] = "disposed",
        ["executed"] = Closed,
        ["waived"] = Closed,
        ["revoked"] = Cancelled,
    }.ToFrozenDictionary();

    /// <summary>Every state that a case can be in.</summary>
    public static IReadOnlyList<string> All => Order;

    /// <summary>The state as cases name it.</summary>
    public static string Normal(string measurement, string state) => measurement == "enforcement" ? OfEnforcement.GetValueOrDefault(state, state) : state;

    /// <summary>How far in its life a case is; 0 for a state that is none of ours.</summary>
    public static int Rank(string state) => Ranks.GetValueOrDefault(state);

    /// <summary>Whether nothing more is to be done in this state.</summary>
    public static bool IsEnd(string state) => state is Closed or Cancelled;
}
