namespace CityPerception.Scoring;

/// <summary>
/// Tells of an outage once, and once of its end: when an answer comes and none has failed for so long as a failing scorer is left
/// alone. A scorer that fails now and then is so one outage, and not two lines for each failure.
/// </summary>
internal sealed class ScorerOutage(string server, TimeSpan quiet, TimeProvider clock, ILogger logger)
{
    private readonly Lock _lock = new();
    private volatile string? _why;
    private long _failedAt;

    /// <summary>Why the scorer gives no scores; null while it does, and before it was asked.</summary>
    public string? Why => _why;

    public void Failed(ScorerReply reply)
    {
        lock (_lock)
        {
            if (reply.Fault is not ScorerFault.LeftAlone) _failedAt = clock.GetTimestamp();
            if (_why is not null) return;
            logger.ScorerAway(server, reply.Why);
            _why = reply.Why;
        }
    }

    public void Answered()
    {
        if (_why is null) return;
        lock (_lock)
        {
            if (_why is null || clock.GetElapsedTime(_failedAt) < quiet) return;
            _why = null;
            logger.ScorerBack(server);
        }
    }
}
