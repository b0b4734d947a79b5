using System.Data.Common;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Ends the connections of devices that are disabled, or whose credential is taken away, while they are connected. A command
/// or another server says so in the database; what has changed there is asked for every two seconds, by one query of an index.
/// </summary>
internal sealed class Revocation(DeviceRegistry registry, PeerWatch connections, OperationsState state, AccessMetrics metrics, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<Revocation> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long? _revision;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Required) return;
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_revision is not { } last)
            {
                _revision = await registry.RevisionAsync(cancellationToken);
                state.SetWatched();
                return;
            }

            IReadOnlyList<Device> changed = await registry.ChangedSinceAsync(last, cancellationToken);
            state.Failure = null;
            if (changed.Count == 0) return;
            Dictionary<string, Device> byId = changed.ToDictionary(d => d.Id, StringComparer.Ordinal);
            foreach (BrokerChannel connection in connections.Channels)
            {
                if (connection.EndIfRevoked(byId)) metrics.Revoked();
            }

            _revision = changed[^1].Revision;
        }
        catch (DbException e)
        {
            if (state.Failure is null) logger.RegistryAway(e.Message); // once, not every two seconds
            state.Failure = e.Message;
        }
    }
}
