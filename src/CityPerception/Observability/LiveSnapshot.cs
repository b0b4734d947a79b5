using System.Text.Json.Serialization;

namespace CityPerception.Observability;

/// <summary>Everything the live page shows at one moment. Rates are per second, over the last five.</summary>
internal sealed record LiveSnapshot(DateTimeOffset Time, DateTimeOffset Started, string Version, LiveTotals Totals, IReadOnlyList<LiveSourceSnapshot> Sources);

/// <summary>All sources together.</summary>
/// <param name="Rate">Messages a second now.</param>
/// <param name="Received">Messages since the start.</param>
/// <param name="Accepted">Observations since the start.</param>
/// <param name="Rejected">Elements refused since the start.</param>
/// <param name="Waiting">Lines in the spool that the store does not have yet; null where this process does not know.</param>
/// <param name="Stored">Lines stored since the start; null where this process does not know.</param>
/// <param name="Backfilling">Lines of imports and replays that the store does not have yet; they are in none of the other figures.</param>
internal sealed record LiveTotals(double Rate, long Received, long Accepted, long Rejected, long? Waiting, long? Stored, long? Backfilling);

/// <summary>One source, all its transports together.</summary>
/// <param name="Name">As in configuration.</param>
/// <param name="Zh">Its name in Chinese.</param>
/// <param name="En">Its name in English.</param>
/// <param name="Sense">human, thing or platform.</param>
/// <param name="Transports">Those it has come over.</param>
/// <param name="Rate">Messages a second now.</param>
/// <param name="Received">Messages since the start.</param>
/// <param name="Accepted">Observations since the start.</param>
/// <param name="Rejected">Elements refused since the start.</param>
/// <param name="Filtered">Elements left out by the source's condition since the start.</param>
/// <param name="LastReceived">When the last message arrived; null for never.</param>
/// <param name="ReceivedBySecond">Messages in each of the last 60 seconds, the oldest first.</param>
/// <param name="AcceptedBySecond">Observations, likewise.</param>
/// <param name="RejectedBySecond">Elements refused, likewise.</param>
/// <param name="Observations">Up to five samples, the newest first.</param>
/// <param name="Rejections">Up to five samples, the newest first.</param>
internal sealed record LiveSourceSnapshot(
    string Name,
    string Zh,
    string En,
    string Sense,
    IReadOnlyList<string> Transports,
    double Rate,
    long Received,
    long Accepted,
    long Rejected,
    long Filtered,
    DateTimeOffset? LastReceived,
    IReadOnlyList<long> ReceivedBySecond,
    IReadOnlyList<long> AcceptedBySecond,
    IReadOnlyList<long> RejectedBySecond,
    IReadOnlyList<LiveObservation> Observations,
    IReadOnlyList<LiveRejection> Rejections);

/// <summary>A sample of what was accepted: its line protocol, and the same taken apart.</summary>
internal sealed record LiveObservation(
    DateTimeOffset Received, string Line, string Measurement, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<LiveField> Fields);

/// <summary>A field of a sample; one of the three values is there.</summary>
internal sealed record LiveField(string Name, double? Number, bool? Flag, string? Text);

/// <summary>A sample of what was refused.</summary>
internal sealed record LiveRejection(DateTimeOffset Received, string Reason, int Index, string Path, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveSnapshot))]
[JsonSerializable(typeof(LiveNames))]
internal sealed partial class LiveJson : JsonSerializerContext;
