namespace CityPerception.Observability;

/// <summary>Ends each second of <see cref="LiveStats"/> and wakes those who follow it.</summary>
internal sealed class LiveSampler(LiveStats live, TimeProvider clock) : BackgroundService
{
    private TaskCompletionSource _next = NewSignal();

    /// <summary>Completes at the end of the current second.</summary>
    public Task NextTick => Volatile.Read(ref _next).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            live.Tick();
            Interlocked.Exchange(ref _next, NewSignal()).SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
