namespace CityPerception.Storage.Dispatch;

/// <summary>Knows up to where everything read is stored.</summary>
/// <remarks>
/// Records are read in the order of their addresses, and each lane finishes its batches in the order in which they were
/// begun. So nothing before the first record of any unfinished batch is waiting, and the lowest of these addresses is a
/// safe place to go on from: one number a batch, none a record. It lags behind the truth by a batch at most, which costs
/// a repetition after a crash and nothing else.
/// </remarks>
internal sealed class DispatchProgress
{
    private readonly Lock _gate = new();
    private readonly Queue<long>[] _unfinished;
    private long _read;

    /// <param name="lanes">How many there are.</param>
    /// <param name="start">Where reading begins.</param>
    public DispatchProgress(int lanes, long start)
    {
        _unfinished = [.. Enumerable.Range(0, lanes).Select(_ => new Queue<long>())];
        _read = start;
    }

    /// <summary>Everything before is stored, or a dead letter.</summary>
    public long Cursor
    {
        get
        {
            lock (_gate) return Lowest();
        }
    }

    /// <summary>Whether nothing is gathered, queued or being written, but for what this many batches hold.</summary>
    public bool HasOnly(int batches)
    {
        lock (_gate) return _unfinished.Sum(l => l.Count) == batches;
    }

    /// <summary>A lane begins a batch with a line of the record at this address.</summary>
    public void Begin(int lane, long address)
    {
        lock (_gate) _unfinished[lane].Enqueue(address);
    }

    /// <summary>The oldest batch of a lane is done. Returns the new cursor.</summary>
    public long Finish(int lane)
    {
        lock (_gate)
        {
            _unfinished[lane].Dequeue();
            return Lowest();
        }
    }

    /// <summary>Every line of every record before the address is in a batch.</summary>
    public void ReadUpTo(long address)
    {
        lock (_gate) _read = address;
    }

    private long Lowest()
    {
        long lowest = _read;
        foreach (Queue<long> lane in _unfinished)
        {
            if (lane.TryPeek(out long first)) lowest = Math.Min(lowest, first);
        }

        return lowest;
    }
}
