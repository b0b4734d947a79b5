namespace CityPerception.Sources.Hj212;

/// <summary>A time within which something has to be done: its token is cancelled when it is over, or when another is.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationToken _other;
    private readonly CancellationTokenSource _late, _either;

    /// <param name="left">How long it lasts; none or less is over at once.</param>
    /// <param name="clock">The time.</param>
    /// <param name="other">Ends it too.</param>
    public TimeLimit(TimeSpan left, TimeProvider clock, CancellationToken other)
    {
        _other = other;
        _late = new CancellationTokenSource(left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan ? left : TimeSpan.Zero, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, other);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>The time is over; false where it was the other token that was cancelled.</summary>
    public bool IsOver => _late.IsCancellationRequested && !_other.IsCancellationRequested;

    public void Dispose()
    {
        _either.Dispose();
        _late.Dispose();
    }
}
