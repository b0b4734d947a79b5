using CityPerception.Core.Channels.Calculations;

namespace CityPerception.Storage.Dispatch;

/// <summary>What came from a source and district since the start. One writes, anybody reads.</summary>
/// <param name="source">The source.</param>
/// <param name="district">The district; empty for none.</param>
public sealed class ArrivalCounts(string source, string district)
{
    private readonly long[] _delays = new long[DelayRanges.Count];

    /// <summary>Observations of devices.</summary>
    internal long Seen;

    /// <summary>The same, word for word, as one of the last of its series.</summary>
    internal long Duplicate;

    /// <summary>Older than the newest of its series.</summary>
    internal long Late;

    /// <summary>Of a time more than <see cref="MaxAheadSeconds"/> after its arrival.</summary>
    internal long Ahead;

    /// <summary>A clock may be so far ahead.</summary>
    public const int MaxAheadSeconds = 120;

    public string Source => source;

    public string District => district;

    /// <summary>The counts as they are now.</summary>
    public ArrivalTotals Read()
    {
        long[] delays = new long[_delays.Length];
        for (int i = 0; i < delays.Length; i++) delays[i] = Volatile.Read(ref _delays[i]);
        return new ArrivalTotals(Volatile.Read(ref Seen), Volatile.Read(ref Duplicate), Volatile.Read(ref Late), Volatile.Read(ref Ahead), delays);
    }

    /// <summary>Counts the time from an observation to its arrival.</summary>
    internal void Delayed(long seconds)
    {
        if (seconds < -MaxAheadSeconds) Add(ref Ahead);
        Add(ref _delays[DelayRanges.Of(seconds)]);
    }

    /// <summary>One more.</summary>
    internal static void Add(ref long count) => Volatile.Write(ref count, count + 1);
}

/// <summary>What was counted up to a moment.</summary>
/// <param name="Seen">Observations of devices.</param>
/// <param name="Duplicate">Of these: known already.</param>
/// <param name="Late">Of these: out of order.</param>
/// <param name="Ahead">Of these: with a time after their arrival.</param>
/// <param name="Delays">How many were in each of <see cref="DelayRanges"/>.</param>
public sealed record ArrivalTotals(long Seen, long Duplicate, long Late, long Ahead, long[] Delays)
{
    /// <summary>What was counted before anything came.</summary>
    public static ArrivalTotals None { get; } = new(0, 0, 0, 0, new long[DelayRanges.Count]);

    /// <summary>What was counted since an earlier moment.</summary>
    public ArrivalTotals Since(ArrivalTotals before) => new(Seen - before.Seen, Duplicate - before.Duplicate, Late - before.Late, Ahead - before.Ahead, [.. Delays.Zip(before.Delays, static (a, b) => a - b)]);
}
