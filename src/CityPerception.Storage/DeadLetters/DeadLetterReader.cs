using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// Reads dead letters from the files of a directory, also while another process writes there: every record carries its
/// own checksum, so one that is not whole yet is not seen yet.
/// </summary>
public sealed class DeadLetterReader(string directory)
{
    /// <summary>Reads what the filter asks for. Up to a gibibyte of files may be looked through: about half a second.</summary>
    public DeadLetterPage Read(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        List<DeadLetter> letters = [];
        int unreadable = 0;
        long since = filter.Since?.ToUnixNs() ?? long.MinValue, until = filter.Until?.ToUnixNs() ?? long.MaxValue;
        foreach (DeadLetter letter in Walk(filter.NewestFirst, (head, _) => head.ReceivedNs >= since && head.ReceivedNs < until, () => unreadable++, cancellationToken))
        {
            if (filter.Source is not null && letter.Source != filter.Source) continue;
            if (filter.Reason is { } reason && !letter.Rejections.Any(r => r.Reason == reason)) continue;
            letters.Add(letter);
            if (letters.Count == filter.Limit) break;
        }

        return new DeadLetterPage(letters, unreadable);
    }

    /// <summary>The letter with an id, or null.</summary>
    public DeadLetter? Find(Guid id, CancellationToken cancellationToken) =>
        Walk(newestFirst: true, (_, letter) => letter == id, () => { }, cancellationToken).FirstOrDefault();

    private IEnumerable<DeadLetter> Walk(bool newestFirst, Func<RecordHead, Guid, bool> wanted, Action damaged, CancellationToken cancellationToken)
    {
        if (LogCheckpointFile.Read(directory) is not { } checkpoint) yield break;
        List<long> segments = SegmentFiles.List(directory);
        if (segments.Count == 0) yield break;

        long begin = Math.Max(checkpoint.Begin, Math.Max(segments[0] * checkpoint.SegmentBytes, DurableLog.FirstAddress));
        long end = segments[^1] * checkpoint.SegmentBytes + new FileInfo(SegmentFiles.PathOf(directory, segments[^1])).Length;
        long firstPage = begin / checkpoint.PageBytes, lastPage = (end - 1) / checkpoint.PageBytes;
        Dictionary<Guid, DeadLetterParts> unfinished = [];
        for (long i = 0; i <= lastPage - firstPage; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long page = (newestFirst ? lastPage - i : firstPage + i) * checkpoint.PageBytes;
            List<DeadLetter> found = ReadPage(checkpoint, Math.Max(page, begin), Math.Min(page + checkpoint.PageBytes, end), wanted, damaged, unfinished);
            if (newestFirst) found.Reverse();
            foreach (DeadLetter letter in found) yield return letter;
        }
    }

    private List<DeadLetter> ReadPage(LogCheckpoint checkpoint, long from, long limit, Func<RecordHead, Guid, bool> wanted, Action damaged, Dictionary<Guid, DeadLetterParts> unfinished)
    {
        List<DeadLetter> letters = [];
        using var reader = new LogReader(new SegmentFiles(directory, checkpoint.SegmentBytes), checkpoint.PageBytes, from);
        while (reader.TryRead(limit, committed: false, out LogItem item))
        {
            if (item.Damaged || item.Head.Kind is not RecordKind.DeadLetter)
            {
                damaged();
                continue;
            }

            (Guid id, int part, int parts) = DeadLetterFormat.ReadPartHead(item.Body.Span);
            if (!wanted(item.Head, id)) continue;

            ReadOnlyMemory<byte> json = item.Body[DeadLetterFormat.PartHeadBytes..];
            if (parts > 1)
            {
                if (!unfinished.TryGetValue(id, out DeadLetterParts? gathered)) unfinished[id] = gathered = new DeadLetterParts(parts);
                if (!gathered.Add(part, json)) continue;
                json = gathered.Join();
                unfinished.Remove(id);
            }

            letters.Add(DeadLetterFormat.FromJson(json));
        }

        return letters;
    }

    private sealed class DeadLetterParts(int count)
    {
        private readonly byte[]?[] _parts = new byte[count][];

        /// <summary>Keeps a part; true when it was the last that was missing.</summary>
        public bool Add(int part, ReadOnlyMemory<byte> bytes)
        {
            _parts[part] = bytes.ToArray();
            return Array.TrueForAll(_parts, p => p is not null);
        }

        public byte[] Join() => [.. _parts.SelectMany(p => p!)];
    }
}
