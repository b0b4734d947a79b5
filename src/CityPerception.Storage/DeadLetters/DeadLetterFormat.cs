using System.Buffers;
using System.Buffers.Binary;
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
        json.WriteString("source", letter.Source);
        json.WriteString("transport", letter.Transport);
        if (letter.Topic is not null) json.WriteString("topic", letter.Topic);
        json.WriteString("time", letter.Time);
        json.WriteNumber("rejection_count", letter.RejectionCount);
        json.WriteStartArray("rejections");
        foreach (Rejection rejection in letter.Rejections)
        {
            json.WriteStartObject();
            json.WriteNumber("reason", (int)rejection.Reason);
            json.WriteNumber("index", rejection.Index);
            json.WriteString("path", rejection.Path);
            json.WriteString("detail", rejection.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBase64String("payload", letter.Payload.Span);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static DeadLetter FromJson(ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        JsonElement json = document.RootElement;
        return new DeadLetter
        {
            Id = json.GetProperty("id").GetGuid(),
            Kind = (DeadLetterKind)json.GetProperty("kind").GetInt32(),
            Source = json.GetProperty("source").GetString()!,
            Transport = json.GetProperty("transport").GetString()!,
            Topic = json.TryGetProperty("topic", out JsonElement topic) ? topic.GetString() : null,
            Time = json.GetProperty("time").GetDateTimeOffset(),
            RejectionCount = json.GetProperty("rejection_count").GetInt32(),
            Rejections = [.. json.GetProperty("rejections").EnumerateArray().Select(ReadRejection)],
            Payload = json.GetProperty("payload").GetBytesFromBase64(),
        };
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

    private static Rejection ReadRejection(JsonElement json) => new(
        (RejectionReason)json.GetProperty("reason").GetInt32(),
        json.GetProperty("index").GetInt32(),
        json.GetProperty("path").GetString()!,
        json.GetProperty("detail").GetString()!);
}
