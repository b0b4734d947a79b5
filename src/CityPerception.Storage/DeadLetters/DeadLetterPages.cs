using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>The pages of a log of dead letters, read from its files, also while another process appends to them.</summary>
internal sealed class DeadLetterPages : IDisposable
{
    private readonly SegmentFiles _files;
    private readonly int _pageBytes;
    private readonly byte[] _page, _markPage;
    private long _markPageAddress = -1;

    private DeadLetterPages(string directory, LogCheckpoint checkpoint, long begin, long end)
    {
        _files = new SegmentFiles(directory, checkpoint.SegmentBytes);
        _pageBytes = checkpoint.PageBytes;
        (_page, _markPage) = (new byte[_pageBytes], new byte[_pageBytes]);
        (Begin, End) = (begin, end);
    }

    /// <summary>Where the oldest record lies.</summary>
    public long Begin { get; }

    /// <summary>Where the files ended when they were opened.</summary>
    public long End { get; }

    /// <summary>The addresses of the pages, the oldest first.</summary>
    public IEnumerable<long> Addresses
    {
        get
        {
            for (long page = Begin & -_pageBytes; page < End; page += _pageBytes) yield return page;
        }
    }

    /// <summary>Opens the log in a directory; null if there is none.</summary>
    /// <param name="directory">Where its files lie.</param>
    /// <param name="notBefore">What lies before has been removed, even if the files do not say so yet.</param>
    public static DeadLetterPages? Open(string directory, long notBefore)
    {
        if (!Directory.Exists(directory) || LogCheckpointFile.Read(directory) is not { } checkpoint) return null;
        List<long> segments = SegmentFiles.List(directory);
        if (segments.Count == 0) return null;

        long begin = Math.Max(Math.Max(notBefore, checkpoint.Begin), Math.Max(segments[0] * checkpoint.SegmentBytes, DurableLog.FirstAddress));
        var last = new FileInfo(SegmentFiles.PathOf(directory, segments[^1]));
        return new DeadLetterPages(directory, checkpoint, begin, segments[^1] * checkpoint.SegmentBytes + (last.Exists ? last.Length : 0));
    }

    /// <summary>The records of a page, in order, until the next call.</summary>
    /// <param name="page">One of <see cref="Addresses"/>.</param>
    /// <param name="damaged">Called for each place that is no record although one must have been there.</param>
    public List<LogItem> Read(long page, Action damaged)
    {
        int end = (int)Math.Min(_pageBytes, End - page), offset = (int)(Math.Max(page, Begin) - page);
        _files.Read(page, _page.AsSpan(0, end), beyondEnd: 0);
        List<LogItem> records = [];
        while (offset < end)
        {
            ScanResult found = PageScan.Next(_page.AsSpan(0, end), offset);
            // What is no record up to the end has not been written yet.
            if (found.Step is ScanStep.End || (found.Step is ScanStep.Damage && found.Next >= end)) break;
            if (found.Step is ScanStep.Damage || found.Head.Kind is not (RecordKind.DeadLetter or RecordKind.LettersReplayed or RecordKind.LetterRejected or RecordKind.LetterDiscarded)) damaged();
            else records.Add(new LogItem(page + offset, page + found.Next, found.Head, _page.AsMemory(found.Body), Damaged: false));
            offset = found.Next;
        }

        return records;
    }

    /// <summary>What the mark at an address says about a letter; null if it cannot be read any more.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="id">Whose.</param>
    /// <param name="keys">What opens marks of letters of people.</param>
    public DeadLetterMark? ReadMark(long address, Guid id, LetterKeys? keys)
    {
        long page = address & -_pageBytes;
        if (page != _markPageAddress)
        {
            _files.Read(page, _markPage, beyondEnd: 0);
            _markPageAddress = page;
        }

        if (!RecordFormat.TryRead(_markPage, (int)(address - page), out RecordHead head, out Range range)) return null;
        ReadOnlyMemory<byte> body = _markPage.AsMemory(range);
        DateTimeOffset time = ObservationTime.FromUnixNs(head.ReceivedNs);
        if (head.Kind is RecordKind.LetterRejected)
        {
            (var rejections, int count) = DeadLetterMarkFormat.ReadRejected(body, keys);
            return new DeadLetterMark(DeadLetterState.Open, time, 0, rejections, count);
        }

        if (head.Kind is RecordKind.LetterDiscarded) return new DeadLetterMark(DeadLetterState.Discarded, time, 0, [], 0, DeadLetterMarkFormat.ReadDiscarded(body.Span));

        for (int i = 0; i < body.Length / DeadLetterMarkFormat.ReplayedBytes; i++)
        {
            ReplayedLetter letter = DeadLetterMarkFormat.ReadReplayed(body.Span, i);
            if (letter.Id == id) return new DeadLetterMark(DeadLetterState.Replayed, time, letter.Observations, [], 0);
        }

        return null;
    }

    public void Dispose() => _files.Dispose();
}
