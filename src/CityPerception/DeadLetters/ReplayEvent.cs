using System.Text.Json.Serialization;
using CityPerception.Sources.Http;

namespace CityPerception.DeadLetters;

/// <summary>One thing to say about a replay under way. Exactly one of the members is there.</summary>
internal sealed record ReplayEvent
{
    /// <summary>How far it is.</summary>
    public ReplayProgress? Progress { get; init; }

    /// <summary>A letter that was refused again; in a dry run, any letter.</summary>
    public ReplayedLetterView? Letter { get; init; }

    /// <summary>The end.</summary>
    public ReplayResult? Result { get; init; }
}

/// <param name="Done">The share of the log that lies behind, from 0 to 1.</param>
/// <param name="Letters">How many letters have been looked at.</param>
internal sealed record ReplayProgress(double Done, int Letters);

/// <summary>What became, or would become, of one letter.</summary>
/// <param name="Id">Whose.</param>
/// <param name="Source">Of its first arrival.</param>
/// <param name="Topic">Or path; null for none.</param>
/// <param name="Time">When it came.</param>
/// <param name="Observations">How many it becomes.</param>
/// <param name="Lines">They themselves, in a dry run, at most <see cref="MaxLines"/>.</param>
/// <param name="Rejected">How many of its elements are refused.</param>
/// <param name="Errors">Why, for the first.</param>
internal sealed record ReplayedLetterView(
    Guid Id, string Source, string? Topic, DateTimeOffset Time, int Observations, IReadOnlyList<string>? Lines, int Rejected, IReadOnlyList<IngestError> Errors)
{
    public const int MaxLines = 100;
}

/// <summary>What a replay did, or in a dry run would do.</summary>
/// <param name="Letters">The letters that were asked for. The next three add up to it.</param>
/// <param name="Replayed">Everything of them is durable in the spool now.</param>
/// <param name="Rejected">Something of them is refused again; they stay open, with the reason of now.</param>
/// <param name="Hopeless">Nothing can be made of them: the disk damaged them, or the key that opens them is not to be had.</param>
/// <param name="Observations">Appended to the spool, good elements of rejected letters included.</param>
/// <param name="Filtered">Elements that a source's condition left out.</param>
/// <param name="Unreadable">Places among the letters that the disk damaged.</param>
/// <param name="DryRun">Nothing was changed.</param>
/// <param name="Stopped">Why it ended before the last letter; null if it did not. What was done is done; give the same command again.</param>
internal sealed record ReplayResult(int Letters, int Replayed, int Rejected, int Hopeless, long Observations, long Filtered, int Unreadable, bool DryRun, string? Stopped)
{
    /// <summary>Everything that was asked for is replayed.</summary>
    [JsonIgnore]
    public bool IsComplete => Rejected == 0 && Hopeless == 0 && Stopped is null;
}
