using System.Buffers;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Azure;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>
/// The short way of one connection: PUBLISH packets of sources' topics, as many as a read holds, become one record of the
/// spool and one entry among the acknowledgements. It takes only what is plain (QoS 0 or 1, not retained, one source, no
/// subscriber, no user properties, not in the Azure IoT dialect); at the first packet that is not, it stops, and the broker gets it. A message with
/// something to refuse is the last of its batch, so that what was refused goes to the dead letters in its order. Past its
/// device's rate it stops as well.
/// </summary>
internal sealed class PublishLane(LaneTopics topics, ClientAccess? access, SendingRate? rate, TopicAliases aliases, LaneWorks works, Intake intake, AckQueue acks, int maxPacketBytes, TimeProvider clock)
{
    // A record of the spool holds 256 KiB; a message more than this may still be added.
    private const int MaxBatchBytes = 192 * 1024;

    /// <summary>
    /// Takes packets off the front of the buffer: maps and appends them, and queues their acknowledgements. Waits while the
    /// spool is full. Returns how many bytes they had; 0 if the first is not for the lane, or not whole.
    /// </summary>
    /// <exception cref="Storage.Spooling.SpoolFailedException">The disk has failed: nothing of it is acknowledged.</exception>
    public async ValueTask<int> TakeAsync(ReadOnlySequence<byte> buffer, bool isV5, CancellationToken cancellationToken)
    {
        LaneWork work = await works.RentAsync(cancellationToken);
        int taken;
        LaneRefusal? refusal;
        try
        {
            taken = Map(work, in buffer, isV5);
            if (taken == 0) return 0;
            LaneBatch batch = work.Batch;
            refusal = batch.Refusal;
            Origin origin = batch.Origin;
            origin.Meter.Received(batch.Messages, batch.Bytes, origin.ReceivedNs);
            if (batch.Filtered > 0) origin.Meter.FilteredElements(batch.Filtered);
            IntakeTicket ticket = default;
            while (!intake.TryAppend(origin.Meter, batch.Lines.Written, batch.Lines.LineCount, origin.ReceivedNs, ref ticket)) await intake.WaitForRoomAsync(cancellationToken);
            if (batch.AckCount > 0) acks.Add(batch, taken, ticket);
            if (refusal is not null) refusal = refusal with { Ticket = ticket };
        }
        finally
        {
            works.Return(work);
        }

        if (refusal is not null) await RefuseAsync(refusal, cancellationToken);
        return taken;
    }

    private async ValueTask RefuseAsync(LaneRefusal refusal, CancellationToken cancellationToken)
    {
        IntakeTicket ticket = await intake.RejectAsync(refusal.Ticket, refusal.Origin, refusal.Rejections, refusal.RejectedCount, refusal.Payload, cancellationToken);
        if (refusal.PacketId > 0) acks.Add(refusal.PacketId, new PublishReceipt(refusal.Origin, ticket, refusal.IsWhole, refusal.Rejections[0]), refusal.Payload.Length);
    }

    private int Map(LaneWork work, in ReadOnlySequence<byte> buffer, bool isV5)
    {
        work.Batch.Begin(default);
        ReadOnlySpan<byte> input = work.InOnePiece(in buffer);
        int at = 0;
        while (TryHead(input[at..], maxPacketBytes, out byte first, out int head, out int length))
        {
            if (!PublishFrame.IsPublish(first) || !PublishFrame.TryRead(first, input.Slice(at + head, length), isV5, out PublishFrame frame) || !TryAdd(work, in frame)) break;
            at += head + length;
            if (work.Batch.Refusal is not null || work.Batch.Lines.Length >= MaxBatchBytes) break;
        }

        return at;
    }

    private bool TryAdd(LaneWork work, in PublishFrame frame)
    {
        (LaneBatch batch, MappingRun run) = (work.Batch, work.Run);
        ReadOnlySpan<byte> topic = frame.Topic;
        if (frame.Alias > 0 && !TryAlias(in frame, ref topic)) return false;
        if (AzureTopic.IsDialect(topic)) return false; // its topics hold properties: each would be remembered as a new one
        if (frame.Qos > 1 || frame.Retain || frame.HasUserProperties || topics.Find(topic) is not { Sources: [(CompiledSource source, SourceMeter meter)] } route) return false;
        if (!batch.Takes(meter) || rate?.TryTake() is false) return false;
        if (batch.IsEmpty) batch.Begin(Origin.Now(meter, null, clock));

        MessageContext? context = route.Sparkplug?.Take(frame.Payload, batch.Origin.ReceivedNs);
        meter.Arrived(frame.Payload, route.TopicUtf8, batch.Origin.ReceivedNs);
        source.Map(new Message { Payload = frame.Payload, Topic = route.TopicUtf8, ReceivedNs = batch.Origin.ReceivedNs, Context = context, Devices = access?.Devices, Sender = access?.Sender }, run);
        batch.Add(in frame, topic, run);
        return true;
    }

    // A packet that sets an alias, or sets it anew, is for the broker, which has to know it as well.
    private bool TryAlias(in PublishFrame frame, ref ReadOnlySpan<byte> topic)
    {
        if (!aliases.TryFind(frame.Alias, out ReadOnlySpan<byte> known) || (!topic.IsEmpty && !topic.SequenceEqual(known))) return false;
        topic = known;
        return true;
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
