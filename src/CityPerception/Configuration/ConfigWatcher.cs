using CityPerception.Hosting;

namespace CityPerception.Configuration;

/// <summary>Takes saved changes of the configuration within seconds, without a restart.</summary>
/// <remarks>
/// It looks at names, sizes and times every two seconds. The file system's own notifications are lost on network shares,
/// in containers and with the atomic renames of editors and of Kubernetes; a look at a hundred files costs nothing.
/// </remarks>
internal sealed class ConfigWatcher(ServeArguments arguments, CurrentPlan plan, TimeProvider clock, ILogger<ConfigWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        long loaded = ConfigDirectory.Fingerprint(arguments.ConfigDirectory), seen = loaded;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                long now = ConfigDirectory.Fingerprint(arguments.ConfigDirectory);
                // Only what has kept still for one look is taken: an editor or a copy may be half way through.
                if (now != loaded && now == seen)
                {
                    loaded = now;
                    plan.Load();
                }

                seen = now;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.CannotLook(arguments.ConfigDirectory, e.Message);
            }
        }
    }
}
