using System.Text.Json.Serialization;

namespace CityPerception.Scanning;

/// <summary>A scan's result for programs.</summary>
/// <param name="Clean">Everything was looked at, and nothing found.</param>
/// <param name="Texts">How many texts were looked at.</param>
/// <param name="Found">How many of them hold something.</param>
/// <param name="Places">Place by place.</param>
/// <param name="Findings">The first of what was found, masked.</param>
/// <param name="Faults">What could not be looked at.</param>
internal sealed record ScanAnswer(bool Clean, long Texts, long Found, IReadOnlyList<ScanPlace> Places, IReadOnlyList<ScanFinding> Findings, IReadOnlyList<string> Faults);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ScanAnswer))]
internal sealed partial class ScanJson : JsonSerializerContext;
