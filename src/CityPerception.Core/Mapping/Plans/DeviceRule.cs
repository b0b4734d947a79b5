using System.Text;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>What a source asks of the tag <c>device</c>: that the device is known, or that it is the one that sends.</summary>
internal sealed record DeviceRule(UnknownDevices Unknown, SenderRule Sender)
{
    /// <summary>The tag's name.</summary>
    public const string Tag = "device";

    private const int MaxShownBytes = 128;

    /// <summary>The rule of a source; null where it asks for nothing.</summary>
    public static DeviceRule? Of(SourceFile file) => file is { Unknown: null or UnknownDevices.Accept, Sender: SenderRule.Any } ? null : new DeviceRule(file.Unknown ?? UnknownDevices.Accept, file.Sender);

    /// <summary>Judges the device whose tag has just been written. False: the run knows why.</summary>
    public bool Allows(MappingRun run)
    {
        ReadOnlySpan<byte> device = run.Device;
        if (Sender == SenderRule.Own && run.Sender is { } sender && !sender.Is(device))
            return run.Fail(RejectionReason.SenderForeign, Tag, $"the device {Shown(device)}, sent with the credentials of {sender.Device}; this source takes a device's own alone (sender: own)");
        if (Unknown == UnknownDevices.Accept || run.Devices is not { } known || known.IsKnown(device) || run.Sender is { IsRegistered: true } registered && registered.Is(device)) return true;
        return run.Fail(
            Unknown == UnknownDevices.Quarantine ? RejectionReason.DeviceQuarantined : RejectionReason.DeviceUnknown,
            Tag,
            device.IsEmpty ? "the observation names no device" : $"the device {Shown(device)} is not in the registry, or is disabled");
    }

    private static string Shown(ReadOnlySpan<byte> device) => Encoding.UTF8.GetString(device.Length > MaxShownBytes ? device[..MaxShownBytes] : device);
}
