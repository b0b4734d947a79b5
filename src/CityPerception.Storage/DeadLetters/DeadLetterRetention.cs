using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// Removes letters that have grown too old, once an hour, and warns of those that soon will have. Those too many go when
/// others come. At the start it only warns: a machine that starts with a wrong clock has an hour to have it set.
/// </summary>
public sealed class DeadLetterRetention(DeadLetterLog letters, TimeProvider clock, ILogger<DeadLetterRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the start does not wait for it
        using var timer = new PeriodicTimer(Interval, clock);
        Guarded(letters.Limits.WarnOfAge);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Guarded(() =>
            {
                letters.Limits.Trim();
                letters.Limits.RemovePersonal();
                letters.Limits.WarnOfAge();
            });
        }
    }

    private void Guarded(Action look)
    {
        try
        {
            look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.TrimFailed(e.Message); // in an hour again
        }
    }
}
