using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// How marks lie in the log, always after the letters they are about: for those replayed, ids and numbers of observations,
/// many in one record; for one refused again, its id and the rejections as JSON. The record's time is the mark's.
/// </summary>
internal static class DeadLetterMarkFormat
{
    /// <summary>What one replayed letter takes: its id and how many observations it became.</summary>
    public const int ReplayedBytes = IdBytes + sizeof(int);

    private const int IdBytes = 16;

    // Of a letter whose rejections do not fit a record: enough to see why.
    private const int MaxDetail = 400;

    public static void WriteReplayed(Span<byte> body, IEnumerable<ReplayedLetter> letters)
    {
        foreach (ReplayedLetter letter in letters)
        {
            letter.Id.TryWriteBytes(body, bigEndian: true, out _);
            BinaryPrimitives.WriteInt32LittleEndian(body[IdBytes..], letter.Observations);
            body = body[ReplayedBytes..];
        }
    }

    public static ReplayedLetter ReadReplayed(ReadOnlySpan<byte> body, int index)
    {
        ReadOnlySpan<byte> entry = body.Slice(index * ReplayedBytes, ReplayedBytes);
        return new ReplayedLetter(ReadId(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[IdBytes..]));
    }

    /// <param name="id">Of the letter.</param>
    /// <param name="rejections">Why it was refused.</param>
    /// <param name="count">How many elements were.</param>
    /// <param name="maxBytes">If they take more, only the first is kept, and only the beginning of its words.</param>
    public static byte[] ToRejected(Guid id, IReadOnlyList<Rejection> rejections, int count, int maxBytes)
    {
        byte[] body = Write(id, rejections, count);
        return body.Length <= maxBytes ? body : Write(id, [rejections[0] with { Path = Cut(rejections[0].Path), Detail = Cut(rejections[0].Detail) }], count);
    }

    public static Guid ReadId(ReadOnlySpan<byte> body) => new(body[..IdBytes], bigEndian: true);

    public static (ImmutableArray<Rejection> Rejections, int Count) ReadRejected(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body[IdBytes..]);
        return DeadLetterFormat.ReadRejections(document.RootElement);
    }

    private static byte[] Write(Guid id, IReadOnlyList<Rejection> rejections, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        id.TryWriteBytes(buffer.GetSpan(IdBytes), bigEndian: true, out _);
        buffer.Advance(IdBytes);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        DeadLetterFormat.WriteRejections(json, rejections.Take(DeadLetter.MaxRejections), count);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string Cut(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail];
}
