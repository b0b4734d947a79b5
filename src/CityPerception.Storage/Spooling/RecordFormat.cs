using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace CityPerception.Storage.Spooling;

/// <summary>What a record of a <see cref="DurableLog"/> holds. The numbers are on the disk: only ever appended to.</summary>
internal enum RecordKind : byte
{
    Lines = 1,
    DeadLetter = 2,

    /// <summary>Dead letters whose observations are durable.</summary>
    LettersReplayed = 3,

    /// <summary>A dead letter that was refused again.</summary>
    LetterRejected = 4,

    /// <summary>A dead letter of which nothing is to be made, and why.</summary>
    LetterDiscarded = 5,
}

/// <summary>The head of a record, without what only the format needs.</summary>
internal readonly record struct RecordHead(RecordKind Kind, int Count, long ReceivedNs);

/// <summary>How a record lies inside an entry of FasterLog. All numbers are little-endian.</summary>
/// <remarks>
/// <code>
///  0  length of what follows, 4 bytes (FasterLog's own; the entry is padded to a multiple of four)
///  4  9D 53, kind, version      8  CRC-32C      12  received, ns since 1970      20  count      24  body
/// </code>
/// The checksum is ours: with its own, FasterLog gives up the rest of a page for one bad record. It covers length,
/// magic, the rest of the head, and the body. CRC-32C because the processor has it (64 bytes: 10 ns against 21 ns for
/// XxHash3; 220 bytes: 51 against 82) and because a CRC finds every burst of up to 32 bits, which a truncated hash does
/// not promise. XxHash3 is ahead from a kilobyte on (4 KiB: 434 against 151 ns), where the disk costs far more.
/// </remarks>
internal static class RecordFormat
{
    public const int LengthBytes = 4, HeadBytes = 20, Alignment = 4;
    private const byte Version = 1;
    private const int ChecksumAt = 4, ReceivedAt = 8, CountAt = 16;

    /// <summary>The first two bytes of every record, by which a reader finds its way back after damage.</summary>
    public static ReadOnlySpan<byte> Magic => [0x9D, 0x53];

    /// <summary>What a body of so many bytes occupies in the log.</summary>
    public static int EntryBytes(int bodyBytes) => LengthBytes + Align(HeadBytes + bodyBytes);

    public static int Align(int length) => (length + (Alignment - 1)) & ~(Alignment - 1);

    /// <summary>Writes head and body to the start of <paramref name="record"/>, without FasterLog's length.</summary>
    public static void Write(Span<byte> record, RecordHead head, ReadOnlySpan<byte> body)
    {
        Magic.CopyTo(record);
        record[2] = (byte)head.Kind;
        record[3] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(record[ReceivedAt..], head.ReceivedNs);
        BinaryPrimitives.WriteInt32LittleEndian(record[CountAt..], head.Count);
        body.CopyTo(record[HeadBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumAt..], Checksum(record[..(HeadBytes + body.Length)]));
    }

    /// <summary>Reads the entry at <paramref name="offset"/> if a whole, undamaged one lies there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> page, int offset, out RecordHead head, out Range body)
    {
        head = default;
        body = default;
        if (!TryReadLength(page, offset, out int length)) return false;

        ReadOnlySpan<byte> record = page.Slice(offset + LengthBytes, length);
        if (!record.StartsWith(Magic) || record[3] != Version) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[ChecksumAt..]) != Checksum(record)) return false;

        head = ReadHead(record);
        body = (offset + LengthBytes + HeadBytes)..(offset + LengthBytes + length);
        return true;
    }

    /// <summary>Reads the length of the entry at <paramref name="offset"/> if such an entry would fit.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> page, int offset, out int length)
    {
        length = 0;
        if (offset > page.Length - LengthBytes - HeadBytes) return false;
        length = BinaryPrimitives.ReadInt32LittleEndian(page[offset..]);
        return length >= HeadBytes && length <= page.Length - offset - LengthBytes;
    }

    /// <summary>Reads the head of a record whose checksum nobody has looked at.</summary>
    public static RecordHead ReadHead(ReadOnlySpan<byte> record) => new(
        (RecordKind)record[2],
        BinaryPrimitives.ReadInt32LittleEndian(record[CountAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(record[ReceivedAt..]));

    private static uint Checksum(ReadOnlySpan<byte> record)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, (uint)record.Length);
        crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<uint>(record)); // magic, kind, version
        return ~Crc32C.Append(crc, record[ReceivedAt..]);
    }
}

/// <summary>CRC-32C (Castagnoli) over bytes, with the processor's instruction.</summary>
internal static class Crc32C
{
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        bytes = bytes[(words.Length * sizeof(ulong))..];
        if (bytes.Length >= sizeof(uint))
        {
            crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<uint>(bytes));
            bytes = bytes[sizeof(uint)..];
        }

        foreach (byte rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
