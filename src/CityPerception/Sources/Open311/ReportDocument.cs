using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CityPerception.Sources.Open311;

/// <summary>The id of a report: the same for one that is sent again.</summary>
internal static class ReportId
{
    /// <summary>Of a sender that names its reports itself (<c>Idempotency-Key</c>): a UUID of version 8.</summary>
    public static Guid OfKey(string apiKey, string key) => Make(Hash([apiKey, key]), version: 8);

    /// <summary>
    /// Of the service, the description, the place to about ten metres (1e-4 degrees), and the minute: a UUID of version 7,
    /// whose time is that minute's start and whose random part is their hash.
    /// </summary>
    public static Guid OfContent(Report report, DateTimeOffset minute)
    {
        byte[] hash = Hash([report.Service.Code, report.Description, Rounded(report.Latitude), Rounded(report.Longitude), report.Address, report.AddressId, minute.ToString("O", CultureInfo.InvariantCulture)]);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, minute.ToUnixTimeMilliseconds() << 16);
        time[..6].CopyTo(hash);
        return Make(hash, version: 7);
    }

    private static string? Rounded(double? degrees) => degrees?.ToString("F4", CultureInfo.InvariantCulture);

    private static byte[] Hash(IEnumerable<string?> parts) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)); // JSON: no two lists of texts look the same

    private static Guid Make(Span<byte> bytes, int version)
    {
        bytes[6] = (byte)((version << 4) | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F)); // RFC 9562, 4.1
        return new Guid(bytes[..16], bigEndian: true);
    }
}

/// <summary>A report as the document that <c>ingest-configs/sources/open311.yaml</c> maps.</summary>
internal static class ReportDocument
{
    public static ReadOnlyMemory<byte> Write(Report report, Guid id, DateTimeOffset time)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("service_request_id", id);
            json.WriteString("service_code", report.Service.Code);
            json.WriteString("requested_datetime", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            if (report is { Latitude: { } lat, Longitude: { } lon })
            {
                json.WriteNumber("lat", lat);
                json.WriteNumber("long", lon);
            }

            Optional("address_string", report.Address);
            Optional("address_id", report.AddressId);
            Optional("district", report.District?.Code);
            Optional("description", report.Description);
            Optional("media_url", report.MediaUrl);
            WriteAttributes(json, report.Attributes);
            json.WriteStartObject("reporter");
            foreach ((string name, string value) in report.Reporter) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();

            void Optional(string name, string? value)
            {
                if (value is not null) json.WriteString(name, value);
            }
        }

        return buffer.WrittenMemory;
    }

    // As members, for mappings that know a question; and all together as one text.
    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyDictionary<string, string[]> attributes)
    {
        if (attributes.Count == 0) return;
        json.WriteStartObject("attributes");
        foreach ((string code, string[] values) in attributes) json.WriteString(code, string.Join(",", values));
        json.WriteEndObject();
        var text = new StringBuilder();
        foreach ((string code, string[] values) in attributes) text.Append(text.Length > 0 ? "; " : "").Append(code).Append('=').AppendJoin(",", values);
        json.WriteString("attribute_text", text.ToString());
    }
}
