using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Spooling;

/// <summary>Opens the spool again after its disk failed: when the disk has room or is back, sources are acknowledged without a restart.</summary>
public sealed class SpoolKeeper(Spool spool, TimeProvider clock, ILogger<SpoolKeeper> logger) : BackgroundService
{
    /// <summary>How often the spool is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (spool.Failure is null) continue;
            try
            {
                await spool.ReopenAsync(stoppingToken);
                logger.SpoolReopened();
            }
            catch (IOException e)
            {
                logger.SpoolStillFails(Interval, e.Message);
            }
        }
    }
}
