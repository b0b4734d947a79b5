using System.Buffers;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>Cuts MQTT packets off a byte stream, and refuses one that announces too much before it is buffered.</summary>
/// <remarks>MQTTnet 5.2 has no limit of its own: it would allocate up to 256 MiB on the word of five bytes from a stranger.</remarks>
internal static class PacketReader
{
    /// <summary>The first byte and four of length.</summary>
    public const int MaxHeaderBytes = 1 + VariableInteger.MaxBytes;

    /// <summary>Whether a packet that begins so gets an answer: PUBLISH, PUBREC, PUBREL, SUBSCRIBE, UNSUBSCRIBE (MQTT 5.0, 2.1.2).</summary>
    public static bool IsAnswered(byte first) => (first >> 4) is 3 or 5 or 6 or 8 or 10;

    /// <summary>Reads the next packet's head: its first byte and where its body is. False if more bytes are needed.</summary>
    /// <exception cref="PacketException">Not MQTT, or larger than allowed.</exception>
    public static bool TryRead(in ReadOnlySequence<byte> input, int maxPacketBytes, out byte first, out ReadOnlySequence<byte> body)
    {
        first = 0;
        body = default;
        if (input.IsEmpty) return false;

        Span<byte> head = stackalloc byte[(int)Math.Min(input.Length, MaxHeaderBytes)];
        input.Slice(0, head.Length).CopyTo(head);
        first = head[0];
        int lengthBytes = VariableInteger.Read(head[1..], out int length);
        if (lengthBytes < 0) throw new PacketException("the remaining length is longer than four bytes");
        if (lengthBytes == 0) return false;

        if (length + MaxHeaderBytes > maxPacketBytes) throw new PacketException($"a packet of {length} bytes; the limit is {maxPacketBytes}") { Reason = MqttDisconnectReasonCode.PacketTooLarge };
        if (input.Length - 1 - lengthBytes < length) return false;
        body = input.Slice(1 + lengthBytes, length);
        return true;
    }

    /// <summary>Has MQTTnet decode a packet. Its exceptions for what is not MQTT are of many kinds.</summary>
    /// <exception cref="PacketException">It is not MQTT.</exception>
    public static MqttPacket Decode(MqttPacketFormatterAdapter formatter, ReceivedMqttPacket packet, string fault = "a packet that is not MQTT")
    {
        try
        {
            if (formatter.ProtocolVersion == MqttProtocolVersion.Unknown) formatter.DetectProtocolVersion(packet);
            return formatter.Decode(packet);
        }
        catch (Exception e) when (e is MqttProtocolViolationException or NotSupportedException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            throw new PacketException($"{fault}: {e.Message}");
        }
    }
}

/// <summary>The peer does not speak MQTT as it should; its connection is closed.</summary>
internal sealed class PacketException(string message) : Exception(message)
{
    /// <summary>What an MQTT 5 peer is told.</summary>
    public MqttDisconnectReasonCode Reason { get; init; } = MqttDisconnectReasonCode.MalformedPacket;
}
