using System.Buffers.Binary;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>What one read of a connection held: the observations of many messages, appended and acknowledged together.</summary>
internal sealed class LaneBatch
{
    private readonly List<ushort> _packetIds = [];

    /// <summary>The observations of all messages.</summary>
    public LineBuffer Lines { get; } = new(64 * 1024);

    /// <summary>The last message, if something of it is refused; its acknowledgement waits for the dead letter.</summary>
    public LaneRefusal? Refusal { get; private set; }

    /// <summary>How many messages are to be acknowledged.</summary>
    public int AckCount => _packetIds.Count;

    /// <summary>Writes the acknowledgements (PUBACK, success), in the order of arrival. Returns their length.</summary>
    public int WriteAcks(Span<byte> to)
    {
        int at = 0;
        foreach (ushort id in _packetIds)
        {
            // MQTT 5.0, 3.4.2.1: without a reason code it is success, in 3.1.1 there is none.
            BinaryPrimitives.WriteUInt32BigEndian(to[at..], 0x4002_0000u | id);
            at += AckBytes;
        }

        return at;
    }

    public const int AckBytes = 4;

    /// <summary>How many messages, those of QoS 0 included.</summary>
    public int Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Elements that the source's condition left out.</summary>
    public int Filtered { get; private set; }

    public Origin Origin { get; private set; }

    public bool IsEmpty => Messages == 0;

    /// <summary>Whether a message of this meter may join: a batch is counted under one source.</summary>
    public bool Takes(SourceMeter meter) => IsEmpty || ReferenceEquals(Origin.Meter, meter);

    public void Begin(Origin origin)
    {
        Lines.Clear();
        _packetIds.Clear();
        (Messages, Bytes, Filtered, Origin, Refusal) = (0, 0, 0, origin, null);
    }

    /// <summary>Adds a message with what its mapping made of it.</summary>
    public void Add(in PublishFrame frame, ReadOnlySpan<byte> topic, MappingRun run)
    {
        Messages++;
        Bytes += frame.Payload.Length;
        Filtered += run.FilteredCount;
        Lines.Append(run.Lines);
        if (run.RejectedCount > 0) Refusal = LaneRefusal.Of(in frame, topic, Origin, run);
        else if (frame.PacketId > 0) _packetIds.Add(frame.PacketId);
    }
}

/// <summary>A message of which something is refused: a copy of what the dead letter and the acknowledgement need.</summary>
/// <param name="PacketId">0 for QoS 0.</param>
/// <param name="Payload">As it came.</param>
/// <param name="IsWhole">Nothing of it was accepted.</param>
/// <param name="Ticket">Where the rest of it, and what came before, lies in the spool.</param>
internal sealed record LaneRefusal(ushort PacketId, byte[] Payload, Origin Origin, Rejection[] Rejections, int RejectedCount, bool IsWhole, IntakeTicket Ticket)
{
    public static LaneRefusal Of(in PublishFrame frame, ReadOnlySpan<byte> topic, Origin origin, MappingRun run) => new(
        frame.PacketId, frame.Payload.ToArray(), origin with { Topic = Encoding.UTF8.GetString(topic) }, [.. run.Rejections], run.RejectedCount, run.IsRefused, default);
}
