namespace CityPerception.Storage.Spooling;

/// <summary>What has become of a spool's lines since the start, counted where it happens.</summary>
/// <remarks>Made by <see cref="StorageMetrics.Follow"/>, which shows it.</remarks>
public sealed class SpoolMeter
{
    /// <summary>The name of the spool that live data go through.</summary>
    public const string Live = "live";

    private long _stored, _refused, _recovered;

    internal SpoolMeter(Spool spool, string name)
    {
        Spool = spool;
        Name = name;
        Tags = [new("spool", name)];
    }

    /// <summary>Whose lines they are.</summary>
    public Spool Spool { get; }

    /// <summary>As metrics and the log call the spool.</summary>
    public string Name { get; }

    /// <summary>How many lines the store has taken.</summary>
    public long LinesStored => Volatile.Read(ref _stored);

    /// <summary>How many lines have left the spool: stored, or refused and kept as dead letters.</summary>
    public long LinesDone => Volatile.Read(ref _stored) + Volatile.Read(ref _refused);

    /// <summary>Lines in the spool whose fate the store has not told; those of an earlier run count as they are read.</summary>
    public long LinesWaiting
    {
        get
        {
            // What is done is read first: it only grows, so the difference is never below what really waits.
            long done = LinesDone;
            return Spool.LinesAppended + LinesRecovered - done;
        }
    }

    internal KeyValuePair<string, object?>[] Tags { get; }

    internal long LinesRecovered => Volatile.Read(ref _recovered);

    internal void Recovered(int lines) => Interlocked.Add(ref _recovered, lines);

    internal void Stored(int written, int refused)
    {
        Interlocked.Add(ref _stored, written);
        Interlocked.Add(ref _refused, refused);
    }
}
