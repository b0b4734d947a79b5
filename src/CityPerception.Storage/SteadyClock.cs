namespace CityPerception.Storage;

/// <summary>A clock whose time of day goes by the monotonic one: it does not jump when somebody sets the system's.</summary>
/// <remarks>
/// Polly's circuit breaker notes by the time of day until when it stays open. Where that is set back by an hour
/// meanwhile, a store that is there again would be left alone for an hour. And a clock that jumps a year ahead would make
/// every dead letter too old.
/// </remarks>
public sealed class SteadyClock(TimeProvider clock) : TimeProvider
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly long _began = clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _start + clock.GetElapsedTime(_began);

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
