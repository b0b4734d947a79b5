using System.Collections;
using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// Goes through the dead letters that a filter asks for, one page of the log in memory, each with what its last replay
/// made of it. Ends where the log ended when it began.
/// </summary>
/// <remarks>
/// Marks lie after their letters. From the newest to the oldest they are met first; in the other direction the log is
/// looked through once before, for marks alone.
/// </remarks>
public sealed class DeadLetterWalk : IEnumerable<DeadLetter>
{
    private readonly string _directory;
    private readonly LetterKeys? _keys;
    private readonly DeadLetterFilter _filter;
    private readonly CancellationToken _cancellationToken;
    private readonly long _begin, _sinceNs, _untilNs;

    internal DeadLetterWalk(string directory, LetterKeys? keys, long begin, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        (_directory, _keys, _begin, _filter, _cancellationToken) = (directory, keys, begin, filter, cancellationToken);
        (_sinceNs, _untilNs) = (filter.Since?.ToUnixNs() ?? long.MinValue, filter.Until?.ToUnixNs() ?? long.MaxValue);
    }

    /// <summary>How much of the log lies behind, from 0 to 1.</summary>
    public double Done { get; private set; }

    /// <summary>How many places on the way the disk had damaged.</summary>
    public int Unreadable { get; private set; }

    public IEnumerator<DeadLetter> GetEnumerator()
    {
        (Done, Unreadable) = (0, 0);
        using DeadLetterPages? pages = DeadLetterPages.Open(_directory, _begin);
        if (pages is null) yield break;

        var states = new DeadLetterStates();
        long[] addresses = [.. pages.Addresses];
        if (_filter.NewestFirst) Array.Reverse(addresses);
        else foreach (long page in addresses.Reverse()) Note(pages.Read(page, static () => { }), states);

        int found = 0;
        Dictionary<Guid, DeadLetterParts> unfinished = [];
        for (int i = 0; i < addresses.Length; i++)
        {
            Done = (double)i / addresses.Length;
            List<LogItem> records = pages.Read(addresses[i], () => Unreadable++);
            if (_filter.NewestFirst) Note(records, states);
            foreach (LogItem record in _filter.NewestFirst ? Enumerable.Reverse(records) : records)
            {
                if (TryRead(record, pages, states, unfinished) is not { } letter || !_filter.Matches(letter)) continue;
                yield return letter;
                if (++found == _filter.Limit) yield break;
            }
        }

        Done = 1;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Note(List<LogItem> records, DeadLetterStates states)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        for (int i = records.Count - 1; i >= 0; i--) states.Note(records[i]);
    }

    private DeadLetter? TryRead(in LogItem record, DeadLetterPages pages, DeadLetterStates states, Dictionary<Guid, DeadLetterParts> unfinished)
    {
        if (record.Head.Kind is not RecordKind.DeadLetter || record.Head.ReceivedNs < _sinceNs || record.Head.ReceivedNs >= _untilNs) return null;

        (Guid id, int part, int parts) = DeadLetterFormat.ReadPartHead(record.Body.Span);
        if (_filter.Ids is { } ids && !ids.Contains(id)) return null;
        long address = record.Address;
        ReadOnlyMemory<byte> json = record.Body[DeadLetterFormat.PartHeadBytes..];
        if (parts > 1)
        {
            if (!unfinished.TryGetValue(id, out DeadLetterParts? gathered)) unfinished[id] = gathered = new DeadLetterParts(parts);
            if (part == 0) gathered.Address = address;
            if (!gathered.Add(part, json)) return null;
            json = gathered.Join();
            address = gathered.Address;
            unfinished.Remove(id);
        }

        (DeadLetterState state, long mark) = states.Of(id, address);
        if ((_filter.State is { } wanted && state != wanted) || (_filter.Before is { } before && address >= before) || states.IsSuperseded(id, address)) return null;
        // One whose key was removed for its age is not there any more.
        if (DeadLetterFormat.FromBytes(json, _keys) is not { } letter) return null;
        return letter with { Address = address, Mark = mark == 0 ? null : pages.ReadMark(mark, id, _keys) };
    }

    private sealed class DeadLetterParts(int count)
    {
        private readonly byte[]?[] _parts = new byte[count][];

        /// <summary>Where the first part lies.</summary>
        public long Address { get; set; }

        /// <summary>Keeps a part; true when it was the last that was missing.</summary>
        public bool Add(int part, ReadOnlyMemory<byte> bytes)
        {
            _parts[part] = bytes.ToArray();
            return Array.TrueForAll(_parts, p => p is not null);
        }

        public byte[] Join() => [.. _parts.SelectMany(p => p!)];
    }
}
