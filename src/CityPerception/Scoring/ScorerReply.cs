using System.Text.Json.Serialization;

namespace CityPerception.Scoring;

/// <summary>Why a scorer gave no scores.</summary>
internal enum ScorerFault
{
    None,

    /// <summary>No answer in time, a place among the connections included.</summary>
    Timeout,

    /// <summary>No connection, or one that broke.</summary>
    Unreachable,

    /// <summary>Another status than 2xx.</summary>
    Status,

    /// <summary>Something else than as many numbers from −1 to 1 as there were texts.</summary>
    AnswerInvalid,

    /// <summary>It has failed too often, and is not asked for a while.</summary>
    LeftAlone,
}

/// <summary>What came of asking a scorer.</summary>
/// <param name="Scores">One for each text, from −1 to 1; null if there are none.</param>
/// <param name="Fault">Why there are none.</param>
/// <param name="Why">The same in words, without anything of the texts.</param>
internal readonly record struct ScorerReply(double[]? Scores, ScorerFault Fault, string Why);

/// <summary>What is posted.</summary>
internal sealed record ScorerQuestion(IReadOnlyList<string> Texts);

/// <summary>What is answered.</summary>
internal sealed record ScorerAnswer(double[]? Scores);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScorerQuestion))]
[JsonSerializable(typeof(ScorerAnswer))]
internal sealed partial class ScorerJson : JsonSerializerContext;
