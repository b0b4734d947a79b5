using System.Buffers;

namespace CityPerception.Sources.Mqtt;

/// <summary>Cuts MQTT packets off a byte stream, and refuses one that announces too much before it is buffered.</summary>
/// <remarks>MQTTnet 5.2 has no limit of its own: it would allocate up to 256 MiB on the word of five bytes from a stranger.</remarks>
internal static class PacketReader
{
    /// <summary>The first byte and four of length.</summary>
    public const int MaxHeaderBytes = 5;

    /// <summary>Reads the next packet's head: its first byte and where its body is. False if more bytes are needed.</summary>
    /// <exception cref="PacketException">Not MQTT, or larger than allowed.</exception>
    public static bool TryRead(in ReadOnlySequence<byte> input, int maxPacketBytes, out byte first, out ReadOnlySequence<byte> body)
    {
        first = 0;
        body = default;
        var reader = new SequenceReader<byte>(input);
        if (!reader.TryRead(out first)) return false;

        // MQTT 5.0, 1.5.5: seven bits a byte, the lowest first, at most four bytes.
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (shift == 28) throw new PacketException("the remaining length is longer than four bytes");
            if (!reader.TryRead(out byte next)) return false;
            length |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0) break;
        }

        if (length + MaxHeaderBytes > maxPacketBytes) throw new PacketException($"a packet of {length} bytes; the limit is {maxPacketBytes}") { IsTooLarge = true };
        if (reader.Remaining < length) return false;
        body = input.Slice(reader.Position, length);
        return true;
    }
}

/// <summary>The peer does not speak MQTT as it should; its connection is closed.</summary>
internal sealed class PacketException(string message) : Exception(message)
{
    public bool IsTooLarge { get; init; }
}
