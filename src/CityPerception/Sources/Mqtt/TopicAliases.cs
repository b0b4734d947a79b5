using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt;

/// <summary>MQTT 5 topic aliases of one connection (3.3.2.3.4): a number that the sender set to stand for a topic.</summary>
internal sealed class TopicAliases
{
    /// <summary>So many a connection, as CONNACK says: each may be 64 KiB long.</summary>
    public const ushort Max = 100;

    private readonly Dictionary<ushort, string> _topics = [];

    /// <summary>The topic of a PUBLISH; null if its alias was never set or is beyond the limit (3.3.2.3.4: an error of the sender's).</summary>
    public string? Resolve(MqttPublishPacket publish)
    {
        if (publish.TopicAlias > Max) return null;
        if (!string.IsNullOrEmpty(publish.Topic))
        {
            if (publish.TopicAlias > 0) _topics[publish.TopicAlias] = publish.Topic;
            return publish.Topic;
        }

        return _topics.GetValueOrDefault(publish.TopicAlias);
    }
}
