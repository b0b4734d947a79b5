using CityPerception.Sources.Devices;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Ends the connections of devices that are disabled, or whose credential is taken away, while they are connected; with a
/// gateway those of its modules.
/// </summary>
internal sealed class Revocation(DeviceRegistry registry, PeerWatch connections, AccessMetrics metrics) : IRegistryListener
{
    public async Task HeedAsync(IReadOnlySet<string> changed, CancellationToken cancellationToken)
    {
        // Few of those that have changed are connected, where a city's devices are added at once.
        HashSet<string> connected = [.. connections.Channels.SelectMany(c => c.DeviceNames).Where(changed.Contains)];
        if (connected.Count == 0) return;
        Dictionary<string, Device> byId = (await registry.FindAllAsync(connected, cancellationToken)).ToDictionary(d => d.Id, StringComparer.Ordinal);
        foreach (BrokerChannel connection in connections.Channels)
        {
            if (connection.EndIfRevoked(byId)) metrics.Revoked();
        }
    }
}
