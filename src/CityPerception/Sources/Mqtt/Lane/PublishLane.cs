using System.Buffers;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>
/// The short way of one connection: PUBLISH packets of sources' topics, as many as a read holds, become one record of the
/// spool and one entry among the acknowledgements. It takes only what is plain (QoS 0 or 1, not retained, one source, no
/// subscriber, no user properties, nothing refused); at the first packet that is not, it stops, and the broker gets it.
/// </summary>
internal sealed class PublishLane(LaneTopics topics, TopicAliases aliases, MappingRun run, TimeProvider clock)
{
    // A record of the spool holds 256 KiB; a message more than this may still be added.
    private const int MaxBatchBytes = 192 * 1024;

    private byte[] _contiguous = [];

    public LaneBatch Batch { get; } = new();

    /// <summary>Takes packets off the front of the buffer, into <see cref="Batch"/>. Returns how many bytes they had; 0 if the first is not for it, or not whole.</summary>
    public int Take(in ReadOnlySequence<byte> buffer, int maxPacketBytes, bool isV5)
    {
        Batch.Begin(default);
        ReadOnlySpan<byte> input = Contiguous(buffer);
        int at = 0;
        while (TryHead(input[at..], maxPacketBytes, out byte first, out int head, out int length))
        {
            if (!PublishFrame.IsPublish(first) || !PublishFrame.TryRead(first, input.Slice(at + head, length), isV5, out PublishFrame frame) || !TryAdd(in frame)) break;
            at += head + length;
            if (Batch.Lines.Length >= MaxBatchBytes) break;
        }

        return at;
    }

    private bool TryAdd(in PublishFrame frame)
    {
        ReadOnlySpan<byte> topic = frame.Topic;
        if (frame.Alias > 0 && !TryAlias(in frame, ref topic)) return false;
        if (frame.Qos > 1 || frame.Retain || frame.HasUserProperties || topics.Find(topic) is not { Sources: [(CompiledSource source, SourceMeter meter)] } route) return false;
        if (!Batch.Takes(meter)) return false;
        if (Batch.IsEmpty) Batch.Begin(Origin.Now(meter, null, clock));

        source.Map(new Message { Payload = frame.Payload, Topic = route.TopicUtf8, ReceivedNs = Batch.Origin.ReceivedNs }, run);
        if (run.RejectedCount > 0) return false;

        Batch.Add(frame.PacketId, frame.Payload.Length, run);
        return true;
    }

    // A packet that sets an alias, or sets it anew, is for the broker, which has to know it as well.
    private bool TryAlias(in PublishFrame frame, ref ReadOnlySpan<byte> topic)
    {
        if (!aliases.TryFind(frame.Alias, out ReadOnlySpan<byte> known) || (!topic.IsEmpty && !topic.SequenceEqual(known))) return false;
        topic = known;
        return true;
    }

    private ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment) return buffer.FirstSpan;
        int length = (int)buffer.Length;
        if (_contiguous.Length < length) _contiguous = new byte[Math.Max(length, 64 * 1024)];
        buffer.CopyTo(_contiguous);
        return _contiguous.AsSpan(0, length);
    }

    // False also for a head that is wrong or too large: the general reader then says so.
    private static bool TryHead(ReadOnlySpan<byte> input, int maxPacketBytes, out byte first, out int head, out int length)
    {
        (first, head, length) = (0, 0, 0);
        if (input.IsEmpty) return false;
        first = input[0];
        int lengthBytes = VariableInteger.Read(input[1..], out length);
        head = 1 + lengthBytes;
        return lengthBytes > 0 && length + PacketReader.MaxHeaderBytes <= maxPacketBytes && input.Length - head >= length;
    }
}
