using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// How marks lie in the log, always after the letters they are about: id and address of the letter, and for one that is
/// replayed the number of observations, many in one record; for one refused again, the rejections as JSON; for one that is
/// discarded, why, as text. The record's time is the mark's.
/// </summary>
internal static class DeadLetterMarkFormat
{
    /// <summary>What one replayed letter takes: its id, its address, and how many observations it became.</summary>
    public const int ReplayedBytes = HeadBytes + sizeof(int);

    private const int IdBytes = 16, HeadBytes = IdBytes + sizeof(long);

    // Of a letter whose rejections do not fit a record: enough to see why.
    private const int MaxDetail = 400;

    public static void WriteReplayed(Span<byte> body, IEnumerable<ReplayedLetter> letters)
    {
        foreach (ReplayedLetter letter in letters)
        {
            WriteHead(body, letter.Id, letter.Address);
            BinaryPrimitives.WriteInt32LittleEndian(body[HeadBytes..], letter.Observations);
            body = body[ReplayedBytes..];
        }
    }

    public static ReplayedLetter ReadReplayed(ReadOnlySpan<byte> body, int index)
    {
        ReadOnlySpan<byte> entry = body.Slice(index * ReplayedBytes, ReplayedBytes);
        (Guid id, long address) = ReadHead(entry);
        return new ReplayedLetter(id, address, BinaryPrimitives.ReadInt32LittleEndian(entry[HeadBytes..]));
    }

    /// <param name="letter">As it was read.</param>
    /// <param name="rejections">Why it was refused.</param>
    /// <param name="count">How many elements were.</param>
    /// <param name="keys">What encrypts those of a letter of people.</param>
    /// <param name="maxBytes">If they take more, only the first is kept, and only the beginning of its words.</param>
    public static byte[] ToRejected(DeadLetter letter, IReadOnlyList<Rejection> rejections, int count, LetterKeys? keys, int maxBytes)
    {
        byte[] body = Write(letter, rejections, count, keys);
        return body.Length <= maxBytes ? body : Write(letter, [rejections[0] with { Path = Cut(rejections[0].Path), Detail = Cut(rejections[0].Detail) }], count, keys);
    }

    /// <param name="letter">As it was read.</param>
    /// <param name="why">In a sentence.</param>
    public static byte[] ToDiscarded(DeadLetter letter, string why)
    {
        byte[] body = new byte[HeadBytes + Encoding.UTF8.GetByteCount(why)];
        WriteHead(body, letter.Id, letter.Address);
        Encoding.UTF8.GetBytes(why, body.AsSpan(HeadBytes));
        return body;
    }

    /// <summary>Why a letter was discarded.</summary>
    public static string ReadDiscarded(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body[HeadBytes..]);

    /// <summary>Which letter a mark is about: its id and its address.</summary>
    public static (Guid Id, long Address) ReadHead(ReadOnlySpan<byte> body) => (new Guid(body[..IdBytes], bigEndian: true), BinaryPrimitives.ReadInt64LittleEndian(body[IdBytes..]));

    public static (ImmutableArray<Rejection> Rejections, int Count) ReadRejected(ReadOnlyMemory<byte> body, LetterKeys? keys)
    {
        using JsonDocument document = JsonDocument.Parse(body[HeadBytes..]);
        JsonElement json = document.RootElement;
        if (!json.TryGetProperty("key", out JsonElement key)) return DeadLetterFormat.ReadRejections(json);
        if (keys?.Open(key.GetString()!, ReadHead(body.Span).Id, SealedPart.Mark, json.GetProperty("sealed").GetBytesFromBase64()) is not { } plain)
            return DeadLetterFormat.ReadLocked(json, key.GetString()!);
        using JsonDocument opened = JsonDocument.Parse(plain);
        return DeadLetterFormat.ReadRejections(opened.RootElement);
    }

    private static void WriteHead(Span<byte> body, Guid id, long address)
    {
        id.TryWriteBytes(body, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(body[IdBytes..], address);
    }

    private static byte[] Write(DeadLetter letter, IReadOnlyList<Rejection> rejections, int count, LetterKeys? keys)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        WriteHead(buffer.GetSpan(HeadBytes), letter.Id, letter.Address);
        buffer.Advance(HeadBytes);
        if (letter.IsPersonal && keys is not null) DeadLetterFormat.WriteSealed(buffer, keys.Seal(letter.Id, SealedPart.Mark, Json(rejections, count)), rejections[0].Reason, count);
        else buffer.Write(Json(rejections, count));
        return buffer.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> Json(IReadOnlyList<Rejection> rejections, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        DeadLetterFormat.WriteRejections(json, rejections.Take(DeadLetter.MaxRejections), count);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static string Cut(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail];
}
