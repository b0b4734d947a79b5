namespace CityPerception.DeadLetters;

/// <summary>How a replay that a command asked for ended.</summary>
/// <param name="Result">What it did; null if it did not begin, or nobody knows.</param>
/// <param name="Faults">Why, in words.</param>
/// <param name="IsBadUsage">The command or a setting is wrong, rather than the work having failed.</param>
internal sealed record ReplayReply(ReplayResult? Result, IReadOnlyList<string> Faults, bool IsBadUsage = false)
{
    public static ReplayReply Of(ReplayResult result) => new(result, []);

    public static ReplayReply Failed(string fault) => new(null, [fault]);
}
