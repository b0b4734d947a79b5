using System.IO.Compression;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>A telemetry message with its properties read and its content encoding undone.</summary>
/// <param name="Properties">The bag's, then MQTT 5's.</param>
/// <param name="Payload">In UTF-8, uncompressed.</param>
/// <param name="Fault">Why that could not be done; the payload is then as it came.</param>
internal readonly record struct AzureMessage(List<MqttUserProperty> Properties, ReadOnlyMemory<byte> Payload, Rejection? Fault)
{
    // A hub's system properties carry a prefix: $.ct is the content's type, $.ce its encoding.
    private const string ContentEncoding = "$.ce";

    private const string Allowed = "utf-8, utf-16, utf-32, gb18030, gbk, gb2312, gzip, deflate, or none";

    public static AzureMessage Open(AzureTopic topic, ReadOnlyMemory<byte> payload, List<MqttUserProperty>? userProperties, int maxBytes)
    {
        List<MqttUserProperty> properties = topic.ReadProperties();
        if (userProperties is not null) properties.AddRange(userProperties);
        string encoding = properties.Find(p => p.Name.Equals(ContentEncoding, StringComparison.OrdinalIgnoreCase))?.ReadValueAsString() ?? "";
        return TryDecode(encoding, payload, maxBytes, out ReadOnlyMemory<byte> decoded, out Rejection? fault)
            ? new AzureMessage(properties, decoded, null)
            : new AzureMessage(properties, payload, fault);
    }

    private static bool TryDecode(string encoding, ReadOnlyMemory<byte> payload, int maxBytes, out ReadOnlyMemory<byte> decoded, out Rejection? fault)
    {
        (decoded, fault) = (payload, null);
        switch (encoding.ToLowerInvariant())
        {
            case "" or "utf-8" or "utf8":
                return true; // and the mapping checks it
            case "gzip":
                return TryInflate(input => new GZipStream(input, CompressionMode.Decompress), payload, maxBytes, out decoded, out fault);
            case "deflate":
                return TryInflate(input => new ZLibStream(input, CompressionMode.Decompress), payload, maxBytes, out decoded, out fault);
            case "gb18030" or "gbk" or "gb2312": // each holds the one after it
                return TryTranscode(Encodings.Gb18030, encoding, payload, out decoded, out fault);
            case "utf-16" or "utf-16le":
                return TryTranscode(new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), encoding, payload, out decoded, out fault);
            case "utf-16be":
                return TryTranscode(new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), encoding, payload, out decoded, out fault);
            case "utf-32":
                return TryTranscode(new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true), encoding, payload, out decoded, out fault);
            default:
                fault = new Rejection(RejectionReason.ContentEncodingInvalid, 0, ContentEncoding, $"found {encoding}; allowed: {Allowed}");
                return false;
        }
    }

    private static bool TryTranscode(Encoding encoding, string name, ReadOnlyMemory<byte> payload, out ReadOnlyMemory<byte> decoded, out Rejection? fault)
    {
        try
        {
            (decoded, fault) = (Encoding.UTF8.GetBytes(encoding.GetString(payload.Span).TrimStart('\uFEFF')), null);
            return true;
        }
        catch (DecoderFallbackException)
        {
            (decoded, fault) = (payload, new Rejection(RejectionReason.TextEncodingInvalid, 0, ContentEncoding, $"the message is not {name}, as $.ce says"));
            return false;
        }
    }

    private static bool TryInflate(Func<Stream, Stream> open, ReadOnlyMemory<byte> payload, int maxBytes, out ReadOnlyMemory<byte> decoded, out Rejection? fault)
    {
        decoded = payload;
        try
        {
            using Stream inflated = open(new MemoryStream(payload.ToArray(), writable: false));
            using var whole = new MemoryStream();
            byte[] buffer = new byte[16 << 10];
            for (int read; (read = inflated.Read(buffer)) > 0;)
            {
                whole.Write(buffer, 0, read);
                if (whole.Length <= maxBytes) continue;
                fault = new Rejection(RejectionReason.PayloadTooLarge, 0, ContentEncoding, $"larger than {maxBytes} bytes when decompressed (limits.decompressed_bytes in city.yaml); send it in parts");
                return false;
            }

            (decoded, fault) = (whole.ToArray(), null);
            return true;
        }
        catch (InvalidDataException)
        {
            fault = new Rejection(RejectionReason.ContentEncodingInvalid, 0, ContentEncoding, "the message is not compressed as $.ce says, or it is cut off");
            return false;
        }
    }
}
