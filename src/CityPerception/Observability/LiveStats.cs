using System.Reflection;

namespace CityPerception.Observability;

/// <summary>How much waits between the spool and the store, and how much has arrived there.</summary>
/// <param name="Waiting">Lines of live data that the store does not have yet.</param>
/// <param name="Stored">Lines of live data stored since the start.</param>
/// <param name="Backfilling">Lines of the past that the store does not have yet.</param>
internal readonly record struct PipelineCounts(long Waiting, long Stored, long Backfilling);

/// <summary>Tells the live page about spool and dispatcher; registered by the process that runs them.</summary>
internal interface IPipelineCounts
{
    PipelineCounts Read();
}

/// <summary>
/// The last minute of every source, in memory and bounded: sixty slots and ten samples a source. It costs the hot path
/// nothing, because it reads the counters that <see cref="SourceMeter"/> keeps anyway, once a second
/// (<see cref="LiveSampler"/>).
/// </summary>
internal sealed class LiveStats(IngestMetrics metrics, TimeProvider clock, IPipelineCounts? pipeline = null)
{
    private static readonly string Version =
        typeof(LiveStats).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private readonly Lock _gate = new();
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private readonly SortedDictionary<string, LiveSource> _sources = new(StringComparer.Ordinal);
    private LiveNames _names = new();
    private LiveSnapshot? _current;

    /// <summary>What the configuration calls things; set again after each reload.</summary>
    public LiveNames Names
    {
        get => Volatile.Read(ref _names);
        set => Volatile.Write(ref _names, value);
    }

    /// <summary>The state at the end of the last second. The same object for all who ask within it.</summary>
    public LiveSnapshot Current => Volatile.Read(ref _current) ?? Tick();

    /// <summary>Ends a second.</summary>
    public LiveSnapshot Tick()
    {
        lock (_gate)
        {
            LiveNames names = Names;
            foreach (SourceName named in names.Sources) Find(named.Source);
            foreach (SourceMeter meter in metrics.Sources.Where(s => s.IsLive)) Find(meter.Source).Follow(meter);
            foreach (LiveSource source in _sources.Values) source.Tick();

            LiveSnapshot snapshot = Take(names);
            Volatile.Write(ref _current, snapshot);
            return snapshot;
        }
    }

    private LiveSource Find(string name)
    {
        if (_sources.TryGetValue(name, out LiveSource? source)) return source;
        return _sources[name] = new LiveSource(name);
    }

    private LiveSnapshot Take(LiveNames names)
    {
        Dictionary<string, SourceName> byName = names.Sources.ToDictionary(s => s.Source);
        LiveSourceSnapshot[] sources = [.. _sources.Values
            .Where(s => byName.ContainsKey(s.Name) || s.HasFigures) // what a reload took away stays if it has figures
            .Select(s => s.Snapshot(byName.GetValueOrDefault(s.Name)))];
        PipelineCounts? counts = pipeline?.Read();
        var totals = new LiveTotals(sources.Sum(s => s.Rate), sources.Sum(s => s.Received), sources.Sum(s => s.Accepted),
            sources.Sum(s => s.Rejected), counts?.Waiting, counts?.Stored, counts?.Backfilling);
        return new LiveSnapshot(clock.GetUtcNow(), _started, Version, totals, sources);
    }
}
