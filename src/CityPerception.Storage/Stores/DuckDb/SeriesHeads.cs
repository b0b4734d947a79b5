using System.Collections.Concurrent;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>
/// How far each series has come since the file was opened. A row later than its series' head, and later than all that the
/// table held at the opening, can be no point that is there already, whatever the other series do.
/// </summary>
/// <remarks>Too many series: the writer begins anew with an empty one, and batches made with the old one are made again.</remarks>
internal sealed class SeriesHeads
{
    private const int MaxSeries = 200_000; // some 40 MB

    private readonly ConcurrentDictionary<string, SeriesHead> _heads = new(StringComparer.Ordinal);
    private int _count;

    public bool IsFull => Volatile.Read(ref _count) >= MaxSeries;

    /// <param name="identity">The measurement and all tags, in one form however a line writes them.</param>
    public SeriesHead Find(string identity)
    {
        if (_heads.TryGetValue(identity, out SeriesHead? head)) return head;
        Interlocked.Increment(ref _count); // two at once may count one series twice; the limit is no exact one
        return _heads.GetOrAdd(identity, static _ => new SeriesHead());
    }
}

/// <summary>The latest time of a series that has been written. Read and changed by whoever has the store's write lock.</summary>
internal sealed class SeriesHead
{
    public long LatestNs { get; set; } = long.MinValue;
}
