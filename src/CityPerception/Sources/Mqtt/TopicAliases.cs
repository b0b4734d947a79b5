using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt;

/// <summary>MQTT 5 topic aliases of one connection (3.3.2.3.4): a number that the sender set to stand for a topic.</summary>
internal sealed class TopicAliases
{
    private readonly Dictionary<ushort, string> _topics = [];

    /// <summary>The topic of a PUBLISH; null if its alias was never set.</summary>
    public string? Resolve(MqttPublishPacket publish)
    {
        if (!string.IsNullOrEmpty(publish.Topic))
        {
            // There are at most 65,535, and MQTTnet refuses those beyond what CONNACK allowed.
            if (publish.TopicAlias > 0) _topics[publish.TopicAlias] = publish.Topic;
            return publish.Topic;
        }

        return _topics.GetValueOrDefault(publish.TopicAlias);
    }
}
