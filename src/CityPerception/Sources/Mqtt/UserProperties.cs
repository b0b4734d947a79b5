using CityPerception.Core.Observations;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt;

/// <summary>MQTT 5's user properties, or those of an Azure IoT topic, as mappings read them.</summary>
internal sealed class UserProperties(List<MqttUserProperty> properties) : IMessageProperties
{
    public string? Find(string name)
    {
        foreach (MqttUserProperty property in properties)
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.ReadValueAsString();
        return null;
    }

    /// <summary>All of them, for a dead letter. Of several of one name the first counts, as above.</summary>
    public static Dictionary<string, string>? ToKeep(List<MqttUserProperty>? properties)
    {
        if (properties is not { Count: > 0 }) return null;
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (MqttUserProperty property in properties) kept.TryAdd(property.Name, property.ReadValueAsString());
        return kept;
    }
}
