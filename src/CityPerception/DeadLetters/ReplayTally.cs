namespace CityPerception.DeadLetters;

/// <summary>Counts what a replay does. A letter counts when its batch is done with: before that nobody knows.</summary>
internal sealed class ReplayTally
{
    private ReplayResult _done = new(0, 0, 0, 0, 0, 0, 0, DryRun: false, Stopped: null), _pending = new(0, 0, 0, 0, 0, 0, 0, DryRun: false, Stopped: null);

    /// <summary>How many letters have been looked at.</summary>
    public int Letters => _done.Letters + _pending.Letters;

    /// <summary>How many of them are not done with.</summary>
    public int Pending => _pending.Letters;

    public void Add(LetterOutcome outcome)
    {
        bool isRejected = outcome.RejectedCount > 0;
        _pending = _pending with
        {
            Letters = _pending.Letters + 1,
            Replayed = _pending.Replayed + (isRejected || outcome.IsHopeless ? 0 : 1),
            Rejected = _pending.Rejected + (isRejected ? 1 : 0),
            Hopeless = _pending.Hopeless + (outcome.IsHopeless ? 1 : 0),
            Observations = _pending.Observations + outcome.Lines.LineCount,
            Filtered = _pending.Filtered + outcome.Parts.Sum(p => p.Filtered),
        };
    }

    /// <summary>What was added is durable and marked.</summary>
    public void Commit()
    {
        _done = new ReplayResult(
            _done.Letters + _pending.Letters,
            _done.Replayed + _pending.Replayed,
            _done.Rejected + _pending.Rejected,
            _done.Hopeless + _pending.Hopeless,
            _done.Observations + _pending.Observations,
            _done.Filtered + _pending.Filtered,
            0, DryRun: false, Stopped: null);
        _pending = new ReplayResult(0, 0, 0, 0, 0, 0, 0, DryRun: false, Stopped: null);
    }

    public ReplayResult ToResult(int unreadable, bool dryRun, string? stopped) => _done with { Unreadable = unreadable, DryRun = dryRun, Stopped = stopped };
}
