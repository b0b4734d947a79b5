using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using CityPerception.Sources.Mqtt.Lane;
using MQTTnet.Channel;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>The beginning of a message that is larger than is taken.</summary>
internal sealed record LargePublish(string Topic, int Qos, ushort PacketId, long PacketBytes, byte[] Payload);

/// <summary>
/// What has been read from a connection and not been taken yet. A message that is too large to hold is passed over but for
/// its beginning: closing the connection would only bring it again, for ever.
/// </summary>
internal sealed class PacketBuffer(IMqttChannel channel, int maxPacketBytes)
{
    // As much as one read of a busy connection brings.
    private const int ReadBytes = 256 * 1024;

    private readonly byte[] _bytes = new byte[maxPacketBytes + ReadBytes];
    private int _start, _end;
    private long _toSkip, _read;
    private LargePublish? _skipping;

    /// <summary>Whole packets, and a part of one.</summary>
    public ReadOnlySequence<byte> Unread => _skipping is null ? new(_bytes, _start, _end - _start) : ReadOnlySequence<byte>.Empty;

    public long BytesRead => Volatile.Read(ref _read);

    /// <summary>What comes next is a message that is too large, and not all of it has come.</summary>
    public bool IsAtTooLarge => _skipping is not null || LargeLength() > 0;

    public void ResetStatistics() => Volatile.Write(ref _read, 0);

    public void Advance(int count) => _start += count;

    /// <summary>Reads what there is. False: the connection has ended.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        // What is left is less than a packet.
        Buffer.BlockCopy(_bytes, _start, _bytes, 0, _end - _start);
        (_start, _end) = (0, _end - _start);
        int count = await channel.ReadAsync(_bytes, _end, _bytes.Length - _end, cancellationToken);
        Volatile.Write(ref _read, _read + count);
        _end += count;
        return count > 0;
    }

    /// <summary>Takes a message that is larger than allowed, once it has come to its end.</summary>
    /// <exception cref="PacketException">It is not MQTT.</exception>
    public bool TryTakeTooLarge(bool isV5, [NotNullWhen(true)] out LargePublish? large)
    {
        large = null;
        if (_skipping is null && LargeLength() is > 0 and int length && _end - _start >= maxPacketBytes) BeginToSkip(length, isV5);
        if (_skipping is null) return false;

        int skipped = (int)Math.Min(_toSkip, _end - _start);
        _start += skipped;
        _toSkip -= skipped;
        if (_toSkip > 0) return false;
        (large, _skipping) = (_skipping, null);
        return true;
    }

    // The length of the packet at the front if it is a message that is too large; else 0.
    private int LargeLength()
    {
        ReadOnlySpan<byte> unread = _bytes.AsSpan(_start, _end - _start);
        if (unread.IsEmpty || !PublishFrame.IsPublish(unread[0])) return 0;
        int lengthBytes = VariableInteger.Read(unread[1..], out int length);
        return lengthBytes > 0 && length + PacketReader.MaxHeaderBytes > maxPacketBytes ? 1 + lengthBytes + length : 0;
    }

    // Its beginning is read as if it ended where the limit is.
    private void BeginToSkip(int length, bool isV5)
    {
        ReadOnlySpan<byte> beginning = _bytes.AsSpan(_start, Math.Min(maxPacketBytes, length));
        int head = 1 + VariableInteger.Read(beginning[1..], out _);
        if (!PublishFrame.TryRead(beginning[0], beginning[head..], isV5, out PublishFrame frame)) throw new PacketException($"the broker sent a packet of {length} bytes that cannot be read");
        _skipping = new LargePublish(Encoding.UTF8.GetString(frame.Topic), frame.Qos, frame.PacketId, length, frame.Payload.ToArray());
        _toSkip = length;
    }
}
