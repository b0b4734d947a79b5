using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>How a dead letter lies in the log: JSON, in as many records as it takes, each begun by id, part and number of parts.</summary>
internal static class DeadLetterFormat
{
    /// <summary>What stands before the JSON in each record.</summary>
    public const int PartHeadBytes = 20;

    private const int IdBytes = 16;

    public static ReadOnlyMemory<byte> ToJson(DeadLetter letter)
    {
        // Base64 is a third more than the payload; the rest is text of a bounded length.
        var buffer = new ArrayBufferWriter<byte>(1024 + letter.Payload.Length / 3 * 4);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", letter.Id);
        json.WriteNumber("kind", (int)letter.Kind);
        json.WriteString("source", letter.Source); // among the first: see ReadSource
        json.WriteString("transport", letter.Transport);
        if (letter.Topic is not null) json.WriteString("topic", letter.Topic);
        json.WriteString("time", letter.Time);
        if (letter.Retained) json.WriteBoolean("retained", true);
        if (letter.Properties is { Count: > 0 } properties)
        {
            json.WriteStartObject("properties");
            foreach ((string name, string value) in properties) json.WriteString(name, value);
            json.WriteEndObject();
        }

        WriteRejections(json, letter.Rejections, letter.RejectionCount);
        json.WriteBase64String("payload", letter.Payload.Span);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static DeadLetter FromJson(ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        JsonElement json = document.RootElement;
        (ImmutableArray<Rejection> rejections, int count) = ReadRejections(json);
        return new DeadLetter
        {
            Id = json.GetProperty("id").GetGuid(),
            Kind = (DeadLetterKind)json.GetProperty("kind").GetInt32(),
            Source = json.GetProperty("source").GetString()!,
            Transport = json.GetProperty("transport").GetString()!,
            Topic = json.TryGetProperty("topic", out JsonElement topic) ? topic.GetString() : null,
            Time = json.GetProperty("time").GetDateTimeOffset(),
            Retained = json.TryGetProperty("retained", out JsonElement retained) && retained.GetBoolean(),
            Properties = json.TryGetProperty("properties", out JsonElement properties) ? ReadProperties(properties) : null,
            RejectionCount = count,
            Rejections = rejections,
            Payload = json.GetProperty("payload").GetBytesFromBase64(),
        };
    }

    /// <summary>The source, from a letter's first part alone; empty where it is not to be found.</summary>
    public static string ReadSource(ReadOnlySpan<byte> firstPart)
    {
        var json = new Utf8JsonReader(firstPart, isFinalBlock: false, default);
        while (json.Read())
        {
            if (json.TokenType is JsonTokenType.PropertyName && json.ValueTextEquals("source"u8)) return json.Read() ? json.GetString() ?? "" : "";
        }

        return "";
    }

    public static void WritePartHead(Span<byte> record, Guid id, int part, int parts)
    {
        id.TryWriteBytes(record, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16LittleEndian(record[IdBytes..], checked((ushort)part));
        BinaryPrimitives.WriteUInt16LittleEndian(record[(IdBytes + 2)..], checked((ushort)parts));
    }

    public static (Guid Id, int Part, int Parts) ReadPartHead(ReadOnlySpan<byte> record) => (
        new Guid(record[..IdBytes], bigEndian: true),
        BinaryPrimitives.ReadUInt16LittleEndian(record[IdBytes..]),
        BinaryPrimitives.ReadUInt16LittleEndian(record[(IdBytes + 2)..]));

    public static void WriteRejections(Utf8JsonWriter json, IEnumerable<Rejection> rejections, int count)
    {
        json.WriteNumber("rejection_count", count);
        json.WriteStartArray("rejections");
        foreach (Rejection rejection in rejections)
        {
            json.WriteStartObject();
            json.WriteNumber("reason", (int)rejection.Reason);
            json.WriteNumber("index", rejection.Index);
            json.WriteString("path", rejection.Path);
            json.WriteString("detail", rejection.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static (ImmutableArray<Rejection> Rejections, int Count) ReadRejections(JsonElement json) => (
        [.. json.GetProperty("rejections").EnumerateArray().Select(static r => new Rejection(
            (RejectionReason)r.GetProperty("reason").GetInt32(),
            r.GetProperty("index").GetInt32(),
            r.GetProperty("path").GetString()!,
            r.GetProperty("detail").GetString()!))],
        json.GetProperty("rejection_count").GetInt32());

    private static Dictionary<string, string> ReadProperties(JsonElement json)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty property in json.EnumerateObject()) properties[property.Name] = property.Value.GetString()!;
        return properties;
    }
}
