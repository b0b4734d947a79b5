using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Observations;

/// <summary>What a source received, before anybody has looked inside. Lives on the stack; copies nothing.</summary>
public readonly ref struct Message
{
    /// <summary>The bytes as they came.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The MQTT topic in UTF-8; empty for other transports, unless the sender named one.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>HTTP headers, MQTT 5 user properties, or the properties of an Azure IoT topic; null for none.</summary>
    public IMessageProperties? Properties { get; init; }

    /// <summary>When the message arrived, in nanoseconds since 1970 UTC.</summary>
    public required long ReceivedNs { get; init; }

    /// <summary>A retained MQTT message: it repeats an old state, so it counts only if it carries its own time.</summary>
    public bool Retained { get; init; }

    /// <summary>What earlier messages of its sender said; null where the format needs none, or nobody kept it.</summary>
    public MessageContext? Context { get; init; }

    /// <summary>The devices that are known; null where no registry is in use, and nobody asks.</summary>
    public IKnownDevices? Devices { get; init; }

    /// <summary>Whose credentials it came with; null for those of no device.</summary>
    public MessageSender? Sender { get; init; }

    /// <summary>What takes or has the scores of its texts; null where the lexicon gives them.</summary>
    public TextScores? Scores { get; init; }
}

/// <summary>Named texts that travel beside a payload. Names are compared without regard to case.</summary>
public interface IMessageProperties
{
    /// <summary>The value of a property, or null.</summary>
    string? Find(string name);
}
