namespace CityPerception.Storage.Spooling;

/// <summary>A record as a <see cref="LogReader"/> found it.</summary>
/// <param name="Address">Where its entry begins.</param>
/// <param name="NextAddress">Where the next one begins.</param>
/// <param name="Head">Empty if damaged.</param>
/// <param name="Body">The body, or the raw bytes if damaged. Valid until the reader's next call.</param>
/// <param name="Damaged">Whether these bytes are no record although one must have been here.</param>
internal readonly record struct LogItem(long Address, long NextAddress, RecordHead Head, ReadOnlyMemory<byte> Body, bool Damaged);

/// <summary>
/// Reads the records of a log from its segment files, page by page, in order. It reads the files itself, and not
/// through FasterLog, because FasterLog's iterator cannot go on after a broken length, and because another process
/// can do the same while the log is being written. Holds one page.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class LogReader(SegmentFiles files, int pageBytes, long position) : IDisposable
{
    private readonly byte[] _page = new byte[pageBytes];
    private long _pageAddress = -1;
    private int _filled;

    /// <summary>Where the next record will be looked for.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Reads the next record that ends at or before <paramref name="limit"/>.</summary>
    /// <param name="limit">Up to where the log reaches.</param>
    /// <param name="committed">
    /// Whether the limit is a committed address, so that whatever is no record before it is damage. Otherwise it is
    /// just the end of a file that may still be growing: what is no record there has not been written yet.
    /// </param>
    /// <param name="item">The record.</param>
    public bool TryRead(long limit, bool committed, out LogItem item)
    {
        while (Position < limit)
        {
            long page = Position & -pageBytes;
            int end = (int)Math.Min(limit - page, pageBytes);
            Fill(page, end, committed ? SegmentFiles.Unreadable : (byte)0);

            int offset = (int)(Position - page);
            ScanResult found = PageScan.Next(_page.AsSpan(0, end), offset);
            bool isPadding = found.Step is ScanStep.End && (end == pageBytes || !committed);
            if (isPadding || (!committed && found.Step is ScanStep.Damage && page + found.Next >= limit))
            {
                Position = page + end;
                continue;
            }

            item = new LogItem(Position, page + found.Next, found.Head, _page.AsMemory(found.Body), found.Step is not ScanStep.Record);
            if (found.Step is ScanStep.End) item = item with { Body = _page.AsMemory(offset..end) };
            Position = item.NextAddress;
            return true;
        }

        item = default;
        return false;
    }

    /// <summary>The bytes of the record just read as they lie in the file, with FasterLog's length and the padding.</summary>
    public ReadOnlySpan<byte> Raw(in LogItem item) =>
        _page.AsSpan((int)(item.Address % pageBytes), (int)(item.NextAddress - item.Address));

    public void Dispose() => files.Dispose();

    // What has been read of a page stays as it is: committed bytes do not change.
    private void Fill(long page, int end, byte beyondEnd)
    {
        if (page != _pageAddress)
        {
            _pageAddress = page;
            _filled = 0;
        }

        if (_filled >= end) return;
        files.Read(page + _filled, _page.AsSpan(_filled, end - _filled), beyondEnd);
        _filled = end;
    }
}
