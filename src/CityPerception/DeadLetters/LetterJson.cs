using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CityPerception.DeadLetters;

/// <summary>The JSON of letters and replays. What is in them may come from strangers: everything but plain ASCII is escaped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LetterList))]
[JsonSerializable(typeof(LetterDetails))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayEvent))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(DiscardRequest))]
[JsonSerializable(typeof(DiscardEvent))]
internal sealed partial class LetterJson : JsonSerializerContext
{
    public static string ToText<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    /// <summary>One line for one event.</summary>
    public static string ToLine(ReplayEvent happened) => JsonSerializer.Serialize(happened, Default.ReplayEvent);
}
