using System.Buffers.Binary;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>A PUBLISH as it lies in the buffer, taken apart but not copied.</summary>
internal readonly ref struct PublishFrame
{
    private const byte QosMask = 0b0110, RetainBit = 0b0001;

    private PublishFrame(byte first, ReadOnlySpan<byte> topic, ushort packetId, ushort alias, bool hasUserProperties, ReadOnlySpan<byte> payload)
    {
        Qos = (first & QosMask) >> 1;
        Retain = (first & RetainBit) != 0;
        Topic = topic;
        PacketId = packetId;
        Alias = alias;
        HasUserProperties = hasUserProperties;
        Payload = payload;
    }

    public int Qos { get; }

    public bool Retain { get; }

    /// <summary>UTF-8; empty where <see cref="Alias"/> stands for it.</summary>
    public ReadOnlySpan<byte> Topic { get; }

    /// <summary>0 for QoS 0.</summary>
    public ushort PacketId { get; }

    /// <summary>MQTT 5's topic alias; 0 for none.</summary>
    public ushort Alias { get; }

    public bool HasUserProperties { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the first byte of a packet is a PUBLISH's (MQTT 5.0, 2.1.2).</summary>
    public static bool IsPublish(byte first) => first >> 4 == 3;

    /// <summary>Takes a body apart. False if it is not well formed: the general decoder then says what is wrong.</summary>
    public static bool TryRead(byte first, ReadOnlySpan<byte> body, bool isV5, out PublishFrame frame)
    {
        frame = default;
        if (body.Length < 2) return false;
        int topicLength = BinaryPrimitives.ReadUInt16BigEndian(body);
        int at = 2 + topicLength;
        if (body.Length < at) return false;
        ReadOnlySpan<byte> topic = body[2..at];

        ushort packetId = 0;
        if ((first & QosMask) != 0)
        {
            if (body.Length < at + 2) return false;
            packetId = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
            at += 2;
            if (packetId == 0) return false;
        }

        ushort alias = 0;
        bool hasUserProperties = false;
        if (isV5 && !TryReadProperties(body, ref at, out alias, out hasUserProperties)) return false;
        frame = new PublishFrame(first, topic, packetId, alias, hasUserProperties, body[at..]);
        return true;
    }

    // MQTT 5.0, 3.3.2.3. Only the alias matters here, and whether there are properties that a mapping could read.
    private static bool TryReadProperties(ReadOnlySpan<byte> body, ref int at, out ushort alias, out bool hasUserProperties)
    {
        alias = 0;
        hasUserProperties = false;
        int lengthBytes = VariableInteger.Read(body[at..], out int length);
        at += lengthBytes;
        if (lengthBytes <= 0 || body.Length < at + length) return false;
        int end = at + length;
        while (at < end)
        {
            switch (body[at++])
            {
                case 0x23 when end - at >= 2:
                    alias = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
                    if (alias == 0) return false;
                    at += 2;
                    break;
                case 0x01: // payload format indicator
                    at += 1;
                    break;
                case 0x02: // message expiry interval
                    at += 4;
                    break;
                default:
                    // Anything else is rare: the general decoder reads it.
                    hasUserProperties = true;
                    at = end;
                    break;
            }
        }

        return at == end;
    }
}
