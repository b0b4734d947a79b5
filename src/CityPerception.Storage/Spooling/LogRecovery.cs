using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Spooling;

/// <summary>Where a log begins and ends after <see cref="LogRecovery"/>.</summary>
/// <param name="Begin">Where reading goes on.</param>
/// <param name="Tail">Where appending goes on: the first page after the last whole record.</param>
/// <param name="CutBytes">How many bytes were cut off the end because they are no record: a write that a crash interrupted.</param>
internal readonly record struct RecoveredLog(long Begin, long Tail, long CutBytes);

/// <summary>Finds out, from the files alone, what a log holds after whatever ended its last process.</summary>
/// <remarks>
/// Every acknowledged record lies whole on the disk, so the end is the end of the last whole record, wherever damage
/// may lie before it. Records found after the last checkpoint are written and synced once more: after a failed fsync
/// they may be in the page cache only. Appending goes on at the next page, so that nothing acknowledged is ever
/// rewritten. Segments that are done with are deleted, the one in use as well when nothing in it waits: on a full disk
/// that is where room for the next record comes from.
/// </remarks>
internal sealed class LogRecovery(string directory, long segmentBytes, int pageBytes)
{
    /// <param name="last">The last checkpoint; null if there is none.</param>
    /// <param name="done">Everything before is done with, as far as the process knows, which may be further than the checkpoint says.</param>
    public RecoveredLog Run(LogCheckpoint? last, long done)
    {
        List<long> segments = SegmentFiles.List(directory);
        if (segments.Count == 0)
        {
            long start = PageAfter(Math.Max(last?.Until ?? DurableLog.FirstAddress, done)); // no address twice
            return new RecoveredLog(start, start, 0);
        }

        long first = Math.Max(segments[0] * segmentBytes, DurableLog.FirstAddress);
        long begin = Math.Max(Math.Max(last?.Begin ?? first, first), done);
        long end = Math.Max(last?.Until ?? first, first);
        long cut = 0;
        if (last is not { Clean: true })
        {
            long fileEnd = segments[^1] * segmentBytes + new FileInfo(SegmentFiles.PathOf(directory, segments[^1])).Length;
            end = FindEnd(end, fileEnd);
            cut = CountCut(end, fileEnd);
        }

        if (begin >= end && end > DurableLog.FirstAddress)
        {
            Delete(segments, _ => true);
            long next = (Math.Max(begin, end) + segmentBytes - 1) / segmentBytes * segmentBytes;
            return new RecoveredLog(next, next, cut);
        }

        Shape(begin, end, segments);
        long tail = PageAfter(end);
        return new RecoveredLog(begin >= end ? tail : begin, tail, cut);
    }

    private long FindEnd(long from, long fileEnd)
    {
        long end = from;
        using var reader = new LogReader(new SegmentFiles(directory, segmentBytes), pageBytes, from);
        using var writer = new SegmentRewriter(directory, segmentBytes);
        while (reader.TryRead(fileEnd, committed: false, out LogItem item))
        {
            if (item.Damaged) continue;
            writer.Rewrite(item.Address, reader.Raw(item));
            end = item.NextAddress;
        }

        writer.Flush();
        return end;
    }

    private long CountCut(long end, long fileEnd)
    {
        using var files = new SegmentFiles(directory, segmentBytes);
        byte[] buffer = new byte[pageBytes];
        long last = end;
        for (long at = end; at < fileEnd;)
        {
            int length = (int)Math.Min(fileEnd - at, pageBytes - at % pageBytes);
            files.Read(at, buffer.AsSpan(0, length), beyondEnd: 0);
            int nonZero = buffer.AsSpan(0, length).LastIndexOfAnyExcept((byte)0);
            if (nonZero >= 0) last = at + nonZero + 1;
            at += length;
        }

        return last - end;
    }

    // Leaves nothing after the end but zeros up to the end of its page, and no zeros before it that were not written:
    // what a lost file or a lost part of one held is marked, so that the reader reports it.
    private void Shape(long begin, long end, List<long> segments)
    {
        Delete(segments, id => id * segmentBytes >= end || (id + 1) * segmentBytes <= begin);

        long inSegment = end % segmentBytes;
        if (inSegment == 0) return;
        using (var file = new FileStream(SegmentFiles.PathOf(directory, end / segmentBytes), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            MarkLost(file, inSegment);
            file.SetLength(inSegment);
            file.SetLength((inSegment + pageBytes - 1) & -pageBytes);
            file.Flush();
            DiskSync.File(file.SafeFileHandle, file.Name);
        }

        DiskSync.Directory(directory);
    }

    private void Delete(List<long> segments, Func<long, bool> which)
    {
        foreach (long id in segments.Where(which)) File.Delete(SegmentFiles.PathOf(directory, id));
    }

    private static void MarkLost(FileStream file, long until)
    {
        Span<byte> lost = stackalloc byte[512];
        lost.Fill(SegmentFiles.Unreadable);
        file.Seek(0, SeekOrigin.End);
        while (file.Position < until) file.Write(lost[..(int)Math.Min(lost.Length, until - file.Position)]);
    }

    private long PageAfter(long address) =>
        address <= DurableLog.FirstAddress ? DurableLog.FirstAddress : (address + pageBytes - 1) & -pageBytes;
}

/// <summary>Writes records once more where they lie, neighbours together, and syncs them.</summary>
internal sealed class SegmentRewriter(string directory, long segmentBytes) : IDisposable
{
    private const int RunBytes = 1 << 20;
    private readonly Dictionary<long, SafeFileHandle> _files = [];
    private readonly List<byte> _run = new(RunBytes);
    private long _runAddress;

    public void Rewrite(long address, ReadOnlySpan<byte> bytes)
    {
        bool follows = address == _runAddress + _run.Count && address / segmentBytes == _runAddress / segmentBytes;
        if (!follows || _run.Count + bytes.Length > RunBytes) WriteRun();
        if (_run.Count == 0) _runAddress = address;
        _run.AddRange(bytes);
    }

    public void Flush()
    {
        WriteRun();
        foreach ((long id, SafeFileHandle file) in _files) DiskSync.File(file, SegmentFiles.PathOf(directory, id));
    }

    public void Dispose()
    {
        foreach (SafeFileHandle file in _files.Values) file.Dispose();
    }

    private void WriteRun()
    {
        if (_run.Count == 0) return;

        long id = _runAddress / segmentBytes;
        if (!_files.TryGetValue(id, out SafeFileHandle? file))
        {
            _files[id] = file = File.OpenHandle(SegmentFiles.PathOf(directory, id), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }

        RandomAccess.Write(file, CollectionsMarshal.AsSpan(_run), _runAddress % segmentBytes);
        _run.Clear();
    }
}
