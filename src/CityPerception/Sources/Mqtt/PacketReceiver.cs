using System.Buffers;
using System.IO.Pipelines;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>The receiving half of a connection: whole packets off the pipe, and how long the peer has been waited for.</summary>
internal sealed class PacketReceiver(PipeReader input, MqttPacketFormatterAdapter formatter, TimeProvider clock)
{
    private long _received, _listeningSince;
    private volatile bool _isSilent;
    private volatile PacketException? _end;

    public long BytesReceived => Volatile.Read(ref _received);

    /// <summary>
    /// How long the peer has been waited for to send a whole packet. Zero while the connection is not read, because the
    /// spool is full or too much is unacknowledged: that is no silence of the peer's.
    /// </summary>
    public TimeSpan Silence => Volatile.Read(ref _listeningSince) is > 0 and long since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    public void ResetStatistics() => Volatile.Write(ref _received, 0);

    /// <summary>Ends the wait: <see cref="ReadAsync"/> says that the peer is silent. May be called by another thread.</summary>
    public void GiveUp()
    {
        _isSilent = true;
        input.CancelPendingRead();
    }

    /// <summary>Nothing more is read: <see cref="ReadAsync"/> throws this. May be called by another thread.</summary>
    public void End(PacketException why)
    {
        _end = why;
        input.CancelPendingRead();
    }

    /// <summary>What has come, once it begins with a whole packet; null when the peer has gone. Then take it, or some of it.</summary>
    /// <exception cref="PacketException">Not MQTT, larger than allowed, nothing in time, or <see cref="End"/>.</exception>
    public async ValueTask<ReceivedPackets?> ReadAsync(int maxPacketBytes, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _listeningSince, clock.GetTimestamp());
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken);
            if (_end is { } end) throw end;
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (PacketReader.TryRead(in buffer, maxPacketBytes, out byte first, out ReadOnlySequence<byte> body))
            {
                Volatile.Write(ref _listeningSince, 0);
                return new ReceivedPackets(buffer, first, body);
            }

            if (_isSilent) throw new PacketException("nothing came for one and a half times the keep-alive (3.1.2.10)") { Reason = MqttDisconnectReasonCode.KeepAliveTimeout };
            if (read.IsCompleted) return null;
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>So many bytes are done with.</summary>
    public void Take(in ReceivedPackets packets, int bytes)
    {
        input.AdvanceTo(packets.Buffer.GetPosition(bytes));
        Interlocked.Add(ref _received, bytes);
    }

    /// <summary>Takes the first packet, decoded.</summary>
    /// <exception cref="PacketException">It is not MQTT.</exception>
    public MqttPacket TakeFirst(in ReceivedPackets packets)
    {
        int length = packets.FirstLength;
        var packet = new ReceivedMqttPacket(packets.First, new ArraySegment<byte>(packets.Body.ToArray()), length);
        Take(in packets, length);
        return PacketReader.Decode(formatter, packet);
    }
}

/// <summary>What a connection holds: at least one whole packet, not taken yet.</summary>
/// <param name="First">The first packet's first byte.</param>
/// <param name="Body">The first packet without its head.</param>
internal readonly record struct ReceivedPackets(ReadOnlySequence<byte> Buffer, byte First, ReadOnlySequence<byte> Body)
{
    /// <summary>Bytes of the first packet, its head included.</summary>
    public int FirstLength => (int)(Buffer.GetOffset(Body.End) - Buffer.GetOffset(Buffer.Start));
}
