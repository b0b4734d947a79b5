using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// How a dead letter lies in the log: JSON, in as many records as it takes, each begun by id, part and number of parts. Of
/// a letter of people everything that may be theirs is encrypted in it.
/// </summary>
internal static class DeadLetterFormat
{
    /// <summary>What stands before the JSON in each record.</summary>
    public const int PartHeadBytes = 20;

    private const int IdBytes = 16;

    /// <param name="letter">The letter.</param>
    /// <param name="keys">What encrypts one of people.</param>
    /// <exception cref="LetterKeyException">It cannot be encrypted.</exception>
    public static ReadOnlyMemory<byte> ToBytes(DeadLetter letter, LetterKeys? keys)
    {
        // Base64 is a third more than the payload; the rest is text of a bounded length.
        var buffer = new ArrayBufferWriter<byte>(1024 + letter.Payload.Length / 3 * 4);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", letter.Id);
        json.WriteNumber("kind", (int)letter.Kind);
        json.WriteString("source", letter.Source); // among the first: see ReadHead
        if (letter.IsPersonal && keys is not null)
        {
            SealedBytes content = keys.Seal(letter.Id, SealedPart.Letter, ToContent(letter));
            json.WriteString("key", content.Key); // likewise
            json.WriteString("transport", letter.Transport);
            json.WriteString("time", letter.Time);
            json.WriteNumber("bytes", letter.Payload.Length);
            WriteSealed(json, content, letter.Rejections[0].Reason, letter.RejectionCount);
        }
        else
        {
            json.WriteString("transport", letter.Transport);
            json.WriteString("time", letter.Time);
            if (letter.IsPersonal) json.WriteBoolean("personal", true);
            WriteContent(json, letter);
            json.WriteBase64String("payload", letter.Payload.Span);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The letter again; null if its key has been removed for its age, and it with it.</summary>
    public static DeadLetter? FromBytes(ReadOnlyMemory<byte> utf8, LetterKeys? keys)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        JsonElement json = document.RootElement;
        if (!json.TryGetProperty("key", out JsonElement key)) return Read(json, json, json.GetProperty("payload").GetBytesFromBase64(), isPersonal: json.TryGetProperty("personal", out _));

        string name = key.GetString()!;
        Guid id = json.GetProperty("id").GetGuid();
        if (keys?.Open(name, id, SealedPart.Letter, json.GetProperty("sealed").GetBytesFromBase64()) is not { } content)
            return keys?.IsRemoved(name) is true ? null : Locked(json, name);

        int length = BinaryPrimitives.ReadInt32LittleEndian(content);
        using JsonDocument opened = JsonDocument.Parse(content.AsMemory(sizeof(int), length));
        return Read(json, opened.RootElement, content.AsMemory(sizeof(int) + length), isPersonal: true);
    }

    /// <summary>Writes what is encrypted, and what may be known of it without the key.</summary>
    public static void WriteSealed(IBufferWriter<byte> buffer, SealedBytes content, RejectionReason reason, int count)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("key", content.Key);
        WriteSealed(json, content, reason, count);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>What may be known of rejections without the key.</summary>
    public static (ImmutableArray<Rejection> Rejections, int Count) ReadLocked(JsonElement json, string key) =>
        ([new Rejection((RejectionReason)json.GetProperty("reason").GetInt32(), 0, "", Missing(key))], json.GetProperty("rejection_count").GetInt32());

    private static string Missing(string key) =>
        $"encrypted, and the key {key} is not to be had: it was lost, or this user may not read it. 内容已加密，密钥 {key} 缺失或当前用户无权读取。";

    private static void WriteSealed(Utf8JsonWriter json, SealedBytes content, RejectionReason reason, int count)
    {
        json.WriteNumber("reason", (int)reason);
        json.WriteNumber("rejection_count", count);
        json.WriteBase64String("sealed", content.Bytes);
    }

    // What is encrypted of a letter: how long the JSON is, the JSON, the payload as it is.
    private static ReadOnlySpan<byte> ToContent(DeadLetter letter)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + letter.Payload.Length);
        buffer.Write(stackalloc byte[sizeof(int)]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteContent(json, letter);
            json.WriteEndObject();
        }

        int length = buffer.WrittenCount - sizeof(int);
        buffer.Write(letter.Payload.Span);
        byte[] content = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(content, length);
        return content;
    }

    private static void WriteContent(Utf8JsonWriter json, DeadLetter letter)
    {
        if (letter.Topic is not null) json.WriteString("topic", letter.Topic);
        if (letter.Retained) json.WriteBoolean("retained", true);
        if (letter.Properties is { Count: > 0 } properties)
        {
            json.WriteStartObject("properties");
            foreach ((string name, string value) in properties) json.WriteString(name, value);
            json.WriteEndObject();
        }

        WriteRejections(json, letter.Rejections, letter.RejectionCount);
    }

    private static DeadLetter Read(JsonElement outside, JsonElement content, ReadOnlyMemory<byte> payload, bool isPersonal)
    {
        (ImmutableArray<Rejection> rejections, int count) = ReadRejections(content);
        return Outside(outside, rejections, count, isPersonal) with
        {
            Topic = content.TryGetProperty("topic", out JsonElement topic) ? topic.GetString() : null,
            Retained = content.TryGetProperty("retained", out JsonElement retained) && retained.GetBoolean(),
            Properties = content.TryGetProperty("properties", out JsonElement properties) ? ReadProperties(properties) : null,
            Payload = payload,
        };
    }

    private static DeadLetter Locked(JsonElement json, string key)
    {
        (ImmutableArray<Rejection> rejections, int count) = ReadLocked(json, key);
        return Outside(json, rejections, count, isPersonal: true) with { MissingKey = key, LockedBytes = json.GetProperty("bytes").GetInt32() };
    }

    private static DeadLetter Outside(JsonElement json, ImmutableArray<Rejection> rejections, int count, bool isPersonal) => new()
    {
        Id = json.GetProperty("id").GetGuid(),
        Kind = (DeadLetterKind)json.GetProperty("kind").GetInt32(),
        Source = json.GetProperty("source").GetString()!,
        Transport = json.GetProperty("transport").GetString()!,
        Time = json.GetProperty("time").GetDateTimeOffset(),
        IsPersonal = isPersonal,
        RejectionCount = count,
        Rejections = rejections,
        Payload = default,
    };

    /// <summary>The source and, of one of people, the name of its key, from a letter's first part alone; empty and null where they are not to be found.</summary>
    public static (string Source, string? Key) ReadHead(ReadOnlySpan<byte> firstPart)
    {
        var json = new Utf8JsonReader(firstPart, isFinalBlock: false, default);
        string source = "";
        while (json.Read())
        {
            if (json.TokenType is not JsonTokenType.PropertyName) continue;
            if (json.ValueTextEquals("key"u8)) return (source, json.Read() ? json.GetString() : null);
            if (json.ValueTextEquals("source"u8)) source = json.Read() ? json.GetString() ?? "" : "";
            else if (json.ValueTextEquals("transport"u8)) break; // the key stands before it
        }

        return (source, null);
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
