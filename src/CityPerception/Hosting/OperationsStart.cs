using System.Data.Common;
using CityPerception.Storage.Operations;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// Brings the operational database to its form beside the rest of the start. Where credentials are required the start waits
/// for it, since nobody may connect before. Otherwise it begins when the server has started, and goes on until it succeeds:
/// messages are taken meanwhile, and those that need it wait in the spool.
/// </summary>
internal sealed class OperationsStart(
    IOptions<SecurityOptions> security, OperationsState state, IHostApplicationLifetime lifetime, TimeProvider clock, IServiceProvider provider, ILogger<OperationsStart> logger) : IHostedService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private Task? _opening;

    /// <summary>Begins what the start has to wait for, unless it has begun. It is not given up half-way: what holds SQLite's lock to migrate has to give it back.</summary>
    public void Begin()
    {
        if (security.Value.Required) _opening ??= Task.Run(MigrateAsync);
    }

    /// <summary>Waits for what has begun, however it ends.</summary>
    public Task SettleAsync() => _opening?.ContinueWith(static ended => ended.Exception, TaskScheduler.Default) ?? Task.CompletedTask;

    /// <exception cref="OperationsUnavailableException">The database cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!security.Value.Required)
        {
            lifetime.ApplicationStarted.Register(() => _opening = Task.Run(MigrateAtLastAsync));
            return;
        }

        Begin();
        try
        {
            await _opening!;
        }
        catch (Exception e) when (IsAway(e))
        {
            throw new OperationsUnavailableException(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => SettleAsync();

    private static bool IsAway(Exception e) => e is DbException or IOException or UnauthorizedAccessException or TimeoutException || e.InnerException is DbException;

    private async Task MigrateAsync()
    {
        await provider.GetRequiredService<OperationalDbs>().MigrateAsync(CancellationToken.None);
        state.SetOpen();
    }

    private async Task MigrateAtLastAsync()
    {
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            try
            {
                await MigrateAsync();
                state.Failure = null;
                return;
            }
            catch (Exception e) when (IsAway(e))
            {
                if (state.Failure is null) logger.OperationsAway(e.Message); // once, not every two seconds
                state.Failure = e.Message;
            }

            await Task.Delay(Again, clock, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>The operational database cannot be opened: the server does not start.</summary>
internal sealed class OperationsUnavailableException(Exception cause) : Exception(cause.Message, cause);
