namespace CityPerception.Storage.Spooling;

/// <summary>Who waits for which commit. A round is one commit, and everybody it covers waits for its one task.</summary>
/// <remarks>Thread-safe. One loop begins and completes the rounds.</remarks>
internal sealed class CommitRounds(long durable)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _running, _next, _progress;
    private long _runningUntil, _durable = durable;
    private Exception? _ended;

    /// <summary>Everything before is on the disk.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Completes when the address is durable; fails when it cannot become so any more.</summary>
    public Task WaitAsync(long address)
    {
        lock (_gate)
        {
            if (address <= _durable) return Task.CompletedTask;
            if (_ended is not null) return Task.FromException(_ended);
            return address <= _runningUntil ? TaskOf(ref _running) : TaskOf(ref _next);
        }
    }

    /// <summary>Completes with the next commit, whatever it covers.</summary>
    public Task NextProgress()
    {
        lock (_gate) return _ended is not null ? Task.FromException(_ended) : TaskOf(ref _progress);
    }

    /// <summary>A commit begins that covers everything up to the tail, and with it everybody who has waited for the next round.</summary>
    /// <param name="tail">Read inside, so that it covers what they appended before they came.</param>
    public void Begin(Func<long> tail)
    {
        lock (_gate)
        {
            (_running, _next) = (_next, null);
            _runningUntil = tail();
        }
    }

    /// <summary>The commit has ended well. Does nothing after <see cref="End"/>.</summary>
    public void Complete(long durable)
    {
        TaskCompletionSource? round, progress;
        lock (_gate)
        {
            if (_ended is not null) return;
            Volatile.Write(ref _durable, Math.Max(_durable, durable));
            (round, progress) = (_running, _progress);
            (_running, _progress, _runningUntil) = (null, null, 0);
        }

        round?.SetResult();
        progress?.SetResult();
    }

    /// <summary>There will be no further commit: everybody waiting, now or later, is told why. The first reason stays.</summary>
    public void End(Exception reason)
    {
        TaskCompletionSource?[] waiting;
        lock (_gate)
        {
            _ended ??= reason;
            waiting = [_running, _next, _progress];
            (_running, _next, _progress) = (null, null, null);
        }

        foreach (TaskCompletionSource? source in waiting)
        {
            if (source is null) continue;
            source.TrySetException(reason);
            _ = source.Task.Exception; // seen: a waiter may have given up
        }
    }

    private static Task TaskOf(ref TaskCompletionSource? source) =>
        (source ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
