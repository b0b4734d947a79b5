using System.Text;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// MQTT 5 topic aliases of one connection (3.3.2.3.4): a number that the sender set to stand for a topic. They are learnt
/// from the packets that the broker gets, so both know the same ones.
/// </summary>
internal sealed class TopicAliases
{
    /// <summary>So many a connection, as CONNACK says: each may be 64 KiB long.</summary>
    public const ushort Max = 100;

    private readonly Dictionary<ushort, (string Text, byte[] Utf8)> _topics = [];

    /// <summary>The topic of a PUBLISH; null if its alias was never set or is beyond the limit (3.3.2.3.4: an error of the sender's).</summary>
    public string? Resolve(MqttPublishPacket publish)
    {
        if (publish.TopicAlias > Max) return null;
        if (!string.IsNullOrEmpty(publish.Topic))
        {
            if (publish.TopicAlias > 0) _topics[publish.TopicAlias] = (publish.Topic, Encoding.UTF8.GetBytes(publish.Topic));
            return publish.Topic;
        }

        return _topics.TryGetValue(publish.TopicAlias, out (string Text, byte[] Utf8) topic) ? topic.Text : null;
    }

    /// <summary>The topic that an alias stands for, in UTF-8. False if it was never set.</summary>
    public bool TryFind(ushort alias, out ReadOnlySpan<byte> topic)
    {
        bool found = _topics.TryGetValue(alias, out (string Text, byte[] Utf8) known);
        topic = known.Utf8;
        return found;
    }
}
