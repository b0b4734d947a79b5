using System.Text.Json;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.DeadLetters;

/// <summary>How kinds and states are called in answers and on the command line: snake_case.</summary>
internal static class LetterNames
{
    public const string AnyState = "all";

    /// <summary>What a choice of states may be.</summary>
    public static readonly string[] StateChoices = [.. Enum.GetValues<DeadLetterState>().Select(Of), AnyState];

    public static string Of(DeadLetterKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static string Of(DeadLetterState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
