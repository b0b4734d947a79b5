using HdrHistogram;

namespace CityPerception.Simulation.Load;

/// <summary>What a run has come to. Messages, each counted once a column however often it was repeated; for lines, lines.</summary>
/// <param name="Sent">Handed to a connection.</param>
/// <param name="Acknowledged">The server has promised to keep them.</param>
/// <param name="Rejected">The server says that it could not read them and has kept them as dead letters.</param>
/// <param name="Denied">The server did not take them, for good: another PUBACK reason or HTTP 4xx.</param>
/// <param name="Again">Repetitions, because a connection broke or the server was busy.</param>
/// <param name="Reconnects">Connections that broke, and requests without an answer.</param>
internal readonly record struct LoadCounts(long Sent, long Acknowledged, long Rejected, long Denied, long Again, long Reconnects)
{
    public long Answered => Acknowledged + Rejected + Denied;
}

/// <summary>Latencies in milliseconds, from when a message should have left to its acknowledgement.</summary>
internal sealed record LoadLatency(long Count, double P50, double P90, double P99, double P999, double Max)
{
    public static LoadLatency Of(HistogramBase micros)
    {
        double At(double percentile) => micros.TotalCount == 0 ? 0 : micros.GetValueAtPercentile(percentile) / 1000.0;
        return new LoadLatency(micros.TotalCount, At(50), At(90), At(99), At(99.9), At(100));
    }
}

/// <summary>Where the connections count.</summary>
internal sealed class LoadMeter(TimeProvider clock)
{
    private const int SignificantDigits = 3;

    private static readonly long Longest = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly Lock _lock = new();
    private readonly LongHistogram _all = new(Longest, SignificantDigits), _recent = new(Longest, SignificantDigits);
    private long _sent, _acknowledged, _rejected, _denied, _again, _reconnects;
    private string? _trouble;

    public LoadCounts Counts => new(
        Volatile.Read(ref _sent), Volatile.Read(ref _acknowledged), Volatile.Read(ref _rejected), Volatile.Read(ref _denied), Volatile.Read(ref _again), Volatile.Read(ref _reconnects));

    /// <summary>What went wrong last: a refusal, or a connection that could not be had; null if nothing did.</summary>
    public string? Trouble => Volatile.Read(ref _trouble);

    public LoadLatency Latency
    {
        get
        {
            lock (_lock) return LoadLatency.Of(_all);
        }
    }

    public void Sent(long count = 1) => Interlocked.Add(ref _sent, count);

    public void Again(long count = 1) => Interlocked.Add(ref _again, count);

    public void Acknowledged(long dueAt, long count = 1)
    {
        Interlocked.Add(ref _acknowledged, count);
        Took(dueAt, count);
    }

    public void Rejected(long dueAt, long count = 1)
    {
        Interlocked.Add(ref _rejected, count);
        Took(dueAt, count);
    }

    public void Denied(string why, long count = 1)
    {
        Interlocked.Add(ref _denied, count);
        Volatile.Write(ref _trouble, why);
    }

    public void Broken(string why)
    {
        Interlocked.Increment(ref _reconnects);
        Volatile.Write(ref _trouble, why);
    }

    /// <summary>A connection could not be had; it is tried again.</summary>
    public void Away(string why) => Volatile.Write(ref _trouble, why);

    /// <summary>The latencies since the last call.</summary>
    public LoadLatency TakeRecent()
    {
        lock (_lock)
        {
            LoadLatency recent = LoadLatency.Of(_recent);
            _recent.Reset();
            return recent;
        }
    }

    private void Took(long dueAt, long count)
    {
        long micros = Math.Clamp((long)clock.GetElapsedTime(dueAt).TotalMicroseconds, 1, Longest);
        lock (_lock)
        {
            _all.RecordValueWithCount(micros, count);
            _recent.RecordValueWithCount(micros, count);
        }
    }
}
