using System.Threading.Channels;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>
/// The acknowledgements of one connection's QoS 1 messages, in the order of arrival (MQTT 5.0, 4.6), whichever way the
/// messages went. Bounded: when too many wait, reading waits as well, and TCP tells the sender to.
/// </summary>
internal sealed class AckQueue(MqttIngest ingest, Intake intake, IAckWriter writer, int maxInFlight)
{
    private readonly Channel<Ack> _queue = Channel.CreateUnbounded<Ack>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _waiting;
    // MQTTnet acknowledges in the order of arrival. Not by identifier: a sender that repeats itself has the same one twice.
    private readonly Queue<HeldAck> _held = [];

    /// <summary>The lane's: PUBACKs that are ready but for the commit. The bytes are rented and given back.</summary>
    public ValueTask AddAsync(byte[] acks, int length, IntakeTicket ticket, Origin origin, CancellationToken cancellationToken) =>
        AddAsync(new LaneAck(acks, length, ticket, origin), cancellationToken);

    /// <summary>A message that the broker gets: its PUBACK comes by <see cref="TryComplete"/>.</summary>
    public ValueTask AddHeldAsync(ushort packetId, PublishReceipt? receipt, CancellationToken cancellationToken)
    {
        var held = new HeldAck(packetId, receipt);
        lock (_held) _held.Enqueue(held);
        return AddAsync(held, cancellationToken);
    }

    /// <summary>Takes the broker's PUBACK for a message that is in the queue.</summary>
    public bool TryComplete(MqttPubAckPacket packet)
    {
        HeldAck? held;
        lock (_held)
        {
            if (!_held.TryPeek(out held) || held.PacketId != packet.PacketIdentifier) return false;
            _held.Dequeue();
        }

        held.Packet.TrySetResult(packet);
        return true;
    }

    /// <summary>Writes them as they become durable, as many at once as there are. Ends with the connection.</summary>
    /// <exception cref="Storage.Spooling.SpoolFailedException">One cannot become durable: nothing after it may be acknowledged.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ChannelReader<Ack> reader = _queue.Reader;
        while (await reader.WaitToReadAsync(cancellationToken))
        {
            while (reader.TryRead(out Ack? ack))
            {
                switch (ack)
                {
                    case LaneAck lane:
                        ValueTask durable = intake.WaitDurableAsync(lane.Ticket, lane.Origin, cancellationToken);
                        // What is written so far goes out before a wait.
                        if (!durable.IsCompleted) await writer.FlushAsync(cancellationToken);
                        await durable;
                        await writer.WriteAsync(lane.Acks.AsMemory(0, lane.Length), cancellationToken);
                        lane.Origin.Meter.AcknowledgedMessages(lane.Messages);
                        System.Buffers.ArrayPool<byte>.Shared.Return(lane.Acks);
                        break;
                    case HeldAck held:
                        await writer.FlushAsync(cancellationToken);
                        MqttPubAckPacket packet = await held.Packet.Task.WaitAsync(cancellationToken);
                        if (held.Receipt is { } receipt) await ingest.WaitDurableAsync(receipt, cancellationToken);
                        await writer.WriteAsync(packet, held.Receipt, cancellationToken);
                        break;
                }

                if (Interlocked.Add(ref _waiting, -ack.Messages) < maxInFlight) _room.Writer.TryWrite(true);
            }

            await writer.FlushAsync(cancellationToken);
        }
    }

    // One writer. A sign too many only makes it look again.
    private async ValueTask AddAsync(Ack ack, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _waiting) >= maxInFlight) await _room.Reader.ReadAsync(cancellationToken);
        Interlocked.Add(ref _waiting, ack.Messages);
        await _queue.Writer.WriteAsync(ack, cancellationToken);
    }

    private abstract record Ack(int Messages);

    private sealed record LaneAck(byte[] Acks, int Length, IntakeTicket Ticket, Origin Origin) : Ack(Length / LaneBatch.AckBytes);

    private sealed record HeldAck(ushort PacketId, PublishReceipt? Receipt) : Ack(Messages: 1)
    {
        public TaskCompletionSource<MqttPubAckPacket> Packet { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Where acknowledgements go.</summary>
internal interface IAckWriter
{
    /// <summary>Writes packets that are bytes already; they may wait for <see cref="FlushAsync"/>.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken);

    /// <summary>Writes the broker's PUBACK, with what the receipt has to say to it.</summary>
    ValueTask WriteAsync(MqttPubAckPacket packet, PublishReceipt? receipt, CancellationToken cancellationToken);

    ValueTask FlushAsync(CancellationToken cancellationToken);
}
