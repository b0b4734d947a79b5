using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>Removes letters that have grown too old, and warns of those that soon will have; at the start and once an hour. Those too many go when others come.</summary>
public sealed class DeadLetterRetention(DeadLetterLog letters, TimeProvider clock, ILogger<DeadLetterRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the start does not wait for it
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                letters.Limits.Trim();
                letters.Limits.WarnOfAge();
            }
            catch (SpoolFailedException e)
            {
                logger.TrimFailed(e.Message); // in an hour again
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
