using System.Text;

namespace CityPerception.Core.Observations;

/// <summary>The devices that are known, and may send.</summary>
public interface IKnownDevices
{
    /// <summary>Whether a device, by its name in UTF-8, is one of them. Allocates nothing; asked for every message of a source that wants to know.</summary>
    bool IsKnown(ReadOnlySpan<byte> device);
}

/// <summary>Whose credentials a message came with.</summary>
/// <param name="device">The device's name, or <c>gateway/module</c>.</param>
/// <param name="isRegistered">Whether the registry has it: <see cref="IKnownDevices"/> may learn of a new device later than it connects.</param>
public sealed class MessageSender(string device, bool isRegistered)
{
    private readonly byte[] _device = Encoding.UTF8.GetBytes(device);
    private readonly int _gateway = Encoding.UTF8.GetByteCount(device.AsSpan(0, Math.Max(0, device.IndexOf('/'))));

    /// <summary>Its name.</summary>
    public string Device => device;

    public bool IsRegistered => isRegistered;

    /// <summary>Whether observations of this device are its own to send: it, or, for a module, the device that it is part of.</summary>
    public bool Is(ReadOnlySpan<byte> other) => other.SequenceEqual(_device) || (_gateway > 0 && other.SequenceEqual(_device.AsSpan(0, _gateway)));
}
