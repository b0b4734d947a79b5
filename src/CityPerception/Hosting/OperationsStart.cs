using System.Data.Common;
using CityPerception.Storage.Operations;

namespace CityPerception.Hosting;

/// <summary>
/// Brings the operational database to its form beside the rest of the start, which waits for it before anybody may connect.
/// </summary>
internal sealed class OperationsStart(IServiceProvider provider) : IHostedService
{
    private Task? _opening;

    /// <summary>Begins, unless it has begun. It is not given up half-way: what holds SQLite's lock to migrate has to give it back.</summary>
    public void Begin() => _opening ??= Task.Run(() => provider.GetRequiredService<OperationalDbs>().MigrateAsync(CancellationToken.None));

    /// <summary>Waits for what has begun, however it ends.</summary>
    public Task SettleAsync() => _opening?.ContinueWith(static ended => ended.Exception, TaskScheduler.Default) ?? Task.CompletedTask;

    /// <exception cref="OperationsUnavailableException">The database cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            await _opening!;
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            throw new OperationsUnavailableException(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The operational database cannot be opened: the server does not start.</summary>
internal sealed class OperationsUnavailableException(Exception cause) : Exception(cause.Message, cause);
