using System.Collections.Concurrent;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;
using CityPerception.Hosting;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Devices;

/// <summary>
/// The devices of the registry that are not disabled, in memory, for what is asked with every message. About 100 bytes a
/// device. <see cref="RegistryWatch"/> keeps it, two seconds behind the database at the most.
/// </summary>
internal sealed class KnownDevices(IOptions<SecurityOptions> options) : IKnownDevices
{
    private readonly ConcurrentDictionary<byte[], bool> _enabled = new(Utf8Comparer.Instance);

    /// <summary>This, where a registry is in use; else null.</summary>
    public IKnownDevices? InUse => options.Value.Required ? this : null;

    public int Count => _enabled.Count;

    public bool IsKnown(ReadOnlySpan<byte> device) => _enabled.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(device);

    public bool IsKnown(string device) => _enabled.ContainsKey(Encoding.UTF8.GetBytes(device));

    public void Set(string device, bool isEnabled)
    {
        byte[] name = Encoding.UTF8.GetBytes(device);
        if (isEnabled) _enabled.TryAdd(name, true);
        else _enabled.TryRemove(name, out _);
    }
}
