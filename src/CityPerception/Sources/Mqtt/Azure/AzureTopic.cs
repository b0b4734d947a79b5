using System.Diagnostics.CodeAnalysis;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>
/// A topic by which a device sends telemetry in the Azure IoT dialect:
/// <c>devices/{device}[/modules/{module}]/messages/events/{property bag}</c>. Names of devices are case sensitive and not encoded.
/// </summary>
/// <param name="Sender">Who it says that it is from.</param>
/// <param name="Route">The topic without the bag, which sources' filters and mappings see: each bag would be another topic.</param>
/// <param name="Bag">The property bag as it came; empty for none.</param>
internal readonly record struct AzureTopic(AzureName Sender, string Route, string Bag)
{
    private const string Devices = "devices/", Modules = "modules/", Events = "messages/events";

    /// <summary>Whether the topic is for the dialect, and so not for the lane. Asked for every packet: most fail at the first byte.</summary>
    public static bool IsDialect(ReadOnlySpan<byte> topic) =>
        (topic.StartsWith("devices/"u8) && topic.IndexOf("/messages/events"u8) > 0) || topic.StartsWith("$iothub/"u8);

    /// <summary>The same of a topic as text.</summary>
    public static bool IsDialect(string topic) => topic.StartsWith("$iothub/", StringComparison.Ordinal) || TryParse(topic, out _);

    public static bool TryParse([NotNullWhen(true)] string? topic, out AzureTopic parsed)
    {
        parsed = default;
        if (topic is null || !topic.StartsWith(Devices, StringComparison.Ordinal)) return false;
        int at = Devices.Length;
        if (!TryLevel(topic, ref at, out string device)) return false;
        string? module = null;
        if (string.CompareOrdinal(topic, at, Modules, 0, Modules.Length) == 0)
        {
            at += Modules.Length;
            if (!TryLevel(topic, ref at, out module)) return false;
        }

        if (string.CompareOrdinal(topic, at, Events, 0, Events.Length) != 0) return false;
        at += Events.Length;
        if (at < topic.Length && topic[at] != '/') return false;
        parsed = new AzureTopic(new AzureName(device, module), topic[..at] + "/", at < topic.Length ? topic[(at + 1)..] : "");
        return true;
    }

    /// <summary>The bag's properties. A value that is not percent-encoded UTF-8 stays as it came.</summary>
    public List<MqttUserProperty> ReadProperties()
    {
        List<MqttUserProperty> properties = [];
        ReadOnlySpan<char> bag = Bag.AsSpan();
        if (bag.StartsWith("?")) bag = bag[1..];
        if (bag.EndsWith("/")) bag = bag[..^1];
        foreach (Range part in bag.Split('&'))
        {
            ReadOnlySpan<char> pair = bag[part];
            if (pair.IsEmpty) continue;
            int equals = pair.IndexOf('=');
            string name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            string value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            properties.Add(new MqttUserProperty(name, System.Text.Encoding.UTF8.GetBytes(value)));
        }

        return properties;
    }

    private static bool TryLevel(string topic, ref int at, out string level)
    {
        int end = topic.IndexOf('/', at);
        level = end > at ? topic[at..end] : "";
        at = end + 1;
        return end > 0 && level.Length > 0;
    }
}

/// <summary>A device, or a module on one.</summary>
/// <param name="Device">Its name, case sensitive.</param>
/// <param name="Module">The module's name; null for the device itself.</param>
internal readonly record struct AzureName(string Device, string? Module)
{
    /// <summary>As the client id and the key file have it.</summary>
    public override string ToString() => Module is null ? Device : $"{Device}/{Module}";

    /// <summary>As the resource of a token has it, after the host.</summary>
    public string ResourcePath => Module is null ? $"/devices/{Device}" : $"/devices/{Device}/modules/{Module}";
}
