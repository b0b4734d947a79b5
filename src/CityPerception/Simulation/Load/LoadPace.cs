namespace CityPerception.Simulation.Load;

/// <summary>
/// When a connection's messages are due, in timestamps of the clock. At a fixed rate the times stand from the beginning:
/// a message that a slow server holds up is late from when it should have left, not from when it could (no coordinated
/// omission). Without a rate a message is due whenever there is room for it.
/// </summary>
internal sealed class LoadPace(LoadOptions options, int connection, TimeProvider clock)
{
    /// <summary>Timers know milliseconds; a shorter wait would be none, and a processor lost to waiting. What is late by it counts as latency.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly double _ticksEach = options.Rate > 0 ? clock.TimestampFrequency * options.Connections / options.Rate : 0;
    private readonly double _phase = options.Rate > 0 ? clock.TimestampFrequency * connection / options.Rate : 0;
    private long _start;

    /// <summary>From now on messages are due; called again it changes nothing.</summary>
    public void Start()
    {
        if (_start == 0) _start = clock.GetTimestamp();
    }

    public long DueAt(long number) => _ticksEach == 0 ? clock.GetTimestamp() : _start + (long)(_phase + number * _ticksEach);

    /// <summary>How long to wait until then; zero when it is due.</summary>
    public TimeSpan Until(long dueAt)
    {
        if (_ticksEach == 0) return TimeSpan.Zero;
        TimeSpan left = clock.GetElapsedTime(clock.GetTimestamp(), dueAt);
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left > ShortestWait ? left : ShortestWait;
    }
}
