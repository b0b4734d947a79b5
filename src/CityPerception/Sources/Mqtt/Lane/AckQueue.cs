using System.Buffers;
using System.Threading.Channels;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>
/// The acknowledgements of one connection's QoS 1 messages, in the order of arrival (MQTT 5.0, 4.6), whichever way the
/// messages went. Bounded by the connection's window, which is asked before a message is read.
/// </summary>
internal sealed class AckQueue(MqttIngest ingest, Intake intake, IAckWriter writer, InFlightWindow window)
{
    private readonly Channel<Ack> _queue = Channel.CreateUnbounded<Ack>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    // MQTTnet acknowledges in the order of arrival. Not by identifier: a sender that repeats itself has the same one twice.
    private readonly Queue<BrokerAck> _held = [];

    /// <summary>The lane's: PUBACKs that are ready but for the commit.</summary>
    public void Add(LaneBatch batch, long bytes, IntakeTicket ticket)
    {
        byte[] acks = ArrayPool<byte>.Shared.Rent(batch.AckCount * LaneBatch.AckBytes);
        Enqueue(new LaneAck(acks, batch.WriteAcks(acks), bytes, ticket, batch.Origin));
    }

    /// <summary>The lane's, of a message of which something was refused.</summary>
    public void Add(ushort packetId, PublishReceipt receipt, long bytes) => AddAnswered(packetId, receipt, bytes);

    /// <summary>A message that the broker does not get: its PUBACK waits for the receipt alone, if there is one.</summary>
    public void AddAnswered(ushort packetId, PublishReceipt? receipt, long bytes)
    {
        var ack = new BrokerAck(packetId, receipt, bytes);
        ack.Packet.SetResult(new MqttPubAckPacket { PacketIdentifier = packetId });
        Enqueue(ack);
    }

    /// <summary>A message that the broker gets: its PUBACK comes by <see cref="Complete"/>.</summary>
    public void AddHeld(ushort packetId, PublishReceipt? receipt, long bytes)
    {
        var held = new BrokerAck(packetId, receipt, bytes);
        lock (_held) _held.Enqueue(held);
        Enqueue(held);
    }

    /// <summary>
    /// Takes the broker's PUBACK. One that no message here waits for is dropped: it is of an earlier connection of the same
    /// session, whose message is not known to be durable and which the client sends again.
    /// </summary>
    public void Complete(MqttPubAckPacket packet)
    {
        BrokerAck? held;
        lock (_held)
        {
            if (!_held.TryPeek(out held) || held.PacketId != packet.PacketIdentifier) return;
            _held.Dequeue();
        }

        held.Packet.TrySetResult(packet);
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
                        await WriteAsync(lane, cancellationToken);
                        break;
                    case BrokerAck broker:
                        await WriteAsync(broker, cancellationToken);
                        break;
                }

                window.Leave(ack.Messages, ack.Bytes);
            }

            await writer.FlushAsync(cancellationToken);
        }
    }

    private async ValueTask WriteAsync(LaneAck ack, CancellationToken cancellationToken)
    {
        ValueTask durable = intake.WaitDurableAsync(ack.Ticket, ack.Origin, cancellationToken);
        // What is written so far goes out before a wait.
        if (!durable.IsCompleted) await writer.FlushAsync(cancellationToken);
        await durable;
        await writer.WriteAsync(ack.Acks.AsMemory(0, ack.Length), cancellationToken);
        ack.Origin.Meter.AcknowledgedMessages(ack.Messages);
        ArrayPool<byte>.Shared.Return(ack.Acks);
    }

    private async ValueTask WriteAsync(BrokerAck ack, CancellationToken cancellationToken)
    {
        await writer.FlushAsync(cancellationToken);
        MqttPubAckPacket packet = await ack.Packet.Task.WaitAsync(cancellationToken);
        if (ack.Receipt is { } receipt) await ingest.WaitDurableAsync(receipt, cancellationToken);
        await writer.WriteAsync(packet, ack.Receipt, cancellationToken);
    }

    private void Enqueue(Ack ack)
    {
        window.Enter(ack.Messages, ack.Bytes);
        _queue.Writer.TryWrite(ack); // has no bound of its own, and is never completed
    }

    private abstract record Ack(int Messages, long Bytes);

    private sealed record LaneAck(byte[] Acks, int Length, long Bytes, IntakeTicket Ticket, Origin Origin) : Ack(Length / LaneBatch.AckBytes, Bytes);

    private sealed record BrokerAck(ushort PacketId, PublishReceipt? Receipt, long Bytes) : Ack(Messages: 1, Bytes)
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
