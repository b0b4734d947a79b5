using CityPerception.Core.Decoding.Sparkplug.Wire;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>What is known of a message's node beside the message itself: its births, and what the message means for its session.</summary>
public sealed class SparkplugContext : MessageContext
{
    internal SparkplugContext(SparkplugTopic topic) => Topic = topic;

    /// <summary>Whose message it is.</summary>
    public SparkplugTopic Topic { get; }

    /// <summary>The message, decoded; null if that is still to be done, or cannot be.</summary>
    internal Payload? Payload { get; init; }

    /// <summary>The last birth of the node or device; null if none is known.</summary>
    internal SparkplugBirth? Birth { get; init; }

    /// <summary>A death of a session that a newer one has followed: it means nothing any more.</summary>
    internal bool IsStale { get; init; }

    /// <summary>The birth was not kept, since it would have taken too much memory.</summary>
    internal bool IsOverLimit { get; init; }

    /// <summary>The devices that a node's death takes with it.</summary>
    internal IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>When the node last sent something before, in ms since 1970; 0 if that is not known.</summary>
    internal long LastSeenMs { get; init; }
}
