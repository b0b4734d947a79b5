using System.Data.Common;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Ends the connections of devices that are disabled, or whose credential is taken away, while they are connected. A command
/// or another server says so in the database; what has changed there is asked for every two seconds, by one query of an index.
/// </summary>
internal sealed class Revocation(DeviceRegistry registry, PeerWatch connections, OperationsState state, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<Revocation> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long _revision;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Required) return;
        _revision = await registry.RevisionAsync(cancellationToken); // before anybody connects
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<Device> changed = await registry.ChangedSinceAsync(_revision, cancellationToken);
            state.Failure = null;
            if (changed.Count == 0) return;
            Dictionary<string, Device> byId = changed.ToDictionary(d => d.Id, StringComparer.Ordinal);
            foreach (BrokerChannel connection in connections.Channels) connection.EndIfRevoked(byId);
            _revision = changed[^1].Revision;
        }
        catch (DbException e)
        {
            if (state.Failure is null) logger.RegistryAway(e.Message); // once, not every two seconds
            state.Failure = e.Message;
        }
    }
}
