using System.Data.Common;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Devices;

/// <summary>Is told what has changed in the registry.</summary>
internal interface IRegistryListener
{
    /// <summary>Takes the ids of devices that were added, disabled, enabled or given another credential.</summary>
    Task HeedAsync(IReadOnlySet<string> changed, CancellationToken cancellationToken);
}

/// <summary>
/// Follows the registry. A command or another server says what is new in the database; what has changed there is asked for
/// every two seconds, by one query of an index. The start waits until all devices have been read once.
/// </summary>
internal sealed class RegistryWatch(DeviceRegistry registry, KnownDevices known, IEnumerable<IRegistryListener> listeners, OperationsState state, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<RegistryWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long _revision;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Required) return;
        _revision = await registry.RevisionAsync(cancellationToken);
        await foreach (DeviceChange device in registry.ChangesAsync(-1, cancellationToken)) known.Set(device.Id, !device.IsDisabled);
        state.SetWatched();
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
            HashSet<string> changed = [];
            long last = _revision;
            await foreach (DeviceChange device in registry.ChangesAsync(_revision, cancellationToken))
            {
                known.Set(device.Id, !device.IsDisabled);
                changed.Add(device.Id);
                last = device.Revision;
            }

            // Told before it is noted: a listener that could not ask the database is told again.
            foreach (IRegistryListener listener in changed.Count > 0 ? listeners : []) await listener.HeedAsync(changed, cancellationToken);
            (_revision, state.Failure) = (last, null);
        }
        catch (DbException e)
        {
            if (state.Failure is null) logger.RegistryAway(e.Message); // once, not every two seconds
            state.Failure = e.Message;
        }
    }
}

/// <summary>Registration of what is known of devices, whichever way they send.</summary>
internal static class DeviceServices
{
    /// <summary>Before the ways in, which open when it has read the registry.</summary>
    public static IServiceCollection AddDevices(this IServiceCollection services)
    {
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<Lockouts>();
        services.AddSingleton<PasswordCheck>();
        services.AddHostedService<PlainPorts>();
        services.AddHostedService<RegistryWatch>();
        return services;
    }
}
