using Microsoft.Extensions.Hosting;

namespace CityPerception.Storage.DeadLetters;

/// <summary>Removes letters that have grown too old, once an hour. Those too many go when others come.</summary>
public sealed class DeadLetterRetention(DeadLetterLog letters, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) letters.Trim();
    }
}
