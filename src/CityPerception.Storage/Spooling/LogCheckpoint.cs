using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Spooling;

/// <summary>Where a log stood: what is done with, and a place from which recovery may begin to look for its end.</summary>
/// <param name="Begin">Everything before is done with.</param>
/// <param name="Until">Up to here the log was committed when this was written. It may reach further.</param>
/// <param name="SegmentBytes">The layout of the files, which outlives a change of the options.</param>
/// <param name="PageBytes">Likewise.</param>
/// <param name="Clean">Whether the log was closed in order, so that it ends at <paramref name="Until"/>.</param>
internal readonly record struct LogCheckpoint(long Begin, long Until, long SegmentBytes, int PageBytes, bool Clean);

/// <summary>The file a <see cref="LogCheckpoint"/> is kept in: two slots, written by turns, so that one is always whole.</summary>
/// <remarks>
/// An old checkpoint costs time and repetition, never data: recovery looks for the end of the log from an older
/// place, and the reader delivers again what the store already has. So most writes are not synced.
/// </remarks>
internal sealed class LogCheckpointFile : IDisposable
{
    private const string Name = "checkpoint";
    private const int SlotBytes = 48, SlotDistance = 4096; // a torn write cannot reach the other slot
    private static readonly ulong Magic = BinaryPrimitives.ReadUInt64LittleEndian("CPLOG\0\0\x01"u8);

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private long _sequence;

    private LogCheckpointFile(SafeFileHandle file, string path, long sequence) => (_file, _path, _sequence) = (file, path, sequence);

    /// <summary>Opens or creates the file.</summary>
    public static LogCheckpointFile Open(string directory, out LogCheckpoint? last)
    {
        string path = Path.Combine(directory, Name);
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        last = Read(file, out long sequence);
        // Both slots have their place from the start, so that a full disk takes them too.
        if (RandomAccess.GetLength(file) == 0) RandomAccess.Write(file, new byte[SlotDistance + SlotBytes], 0);
        return new LogCheckpointFile(file, path, sequence);
    }

    /// <summary>The last checkpoint in a directory that another process may be writing to; null if there is none.</summary>
    public static LogCheckpoint? Read(string directory)
    {
        string path = Path.Combine(directory, Name);
        if (!File.Exists(path)) return null;
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Read(file, out _);
    }

    public void Write(LogCheckpoint checkpoint, bool sync)
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], ++_sequence);
        BinaryPrimitives.WriteInt64LittleEndian(slot[16..], checkpoint.Begin);
        BinaryPrimitives.WriteInt64LittleEndian(slot[24..], checkpoint.Until);
        BinaryPrimitives.WriteInt32LittleEndian(slot[32..], checkpoint.PageBytes);
        BinaryPrimitives.WriteInt32LittleEndian(slot[36..], (int)(checkpoint.SegmentBytes / checkpoint.PageBytes));
        BinaryPrimitives.WriteInt32LittleEndian(slot[40..], checkpoint.Clean ? 1 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[44..], Crc32C.Append(0, slot[..44]));
        RandomAccess.Write(_file, slot, _sequence % 2 * SlotDistance);
        if (sync) DiskSync.File(_file, _path);
    }

    public void Dispose() => _file.Dispose();

    private static LogCheckpoint? Read(SafeFileHandle file, out long sequence)
    {
        sequence = 0;
        LogCheckpoint? last = null;
        Span<byte> slot = stackalloc byte[SlotBytes];
        for (int i = 0; i < 2; i++)
        {
            if (RandomAccess.Read(file, slot, i * SlotDistance) < SlotBytes) continue;
            if (BinaryPrimitives.ReadUInt64LittleEndian(slot) != Magic) continue;
            if (BinaryPrimitives.ReadUInt32LittleEndian(slot[44..]) != Crc32C.Append(0, slot[..44])) continue;

            long written = BinaryPrimitives.ReadInt64LittleEndian(slot[8..]);
            if (written <= sequence) continue;
            sequence = written;
            int pageBytes = BinaryPrimitives.ReadInt32LittleEndian(slot[32..]);
            last = new LogCheckpoint(
                BinaryPrimitives.ReadInt64LittleEndian(slot[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[24..]),
                (long)BinaryPrimitives.ReadInt32LittleEndian(slot[36..]) * pageBytes,
                pageBytes,
                BinaryPrimitives.ReadInt32LittleEndian(slot[40..]) != 0);
        }

        return last;
    }
}
