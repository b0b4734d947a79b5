using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// The QoS 1 and 2 messages on their way to a subscriber: never more than its Receive Maximum (MQTT 5.0, 4.9), which
/// MQTTnet 5.2 does not look at. Those beyond wait here and not in MQTTnet's send loop, so that the acknowledgements and
/// answers behind them are not held up. Belongs to whoever holds the sender's turn.
/// </summary>
internal sealed class DeliveryWindow(int receiveMaximum)
{
    // As many as MQTTnet keeps for a subscriber (MaxPendingMessagesPerClient), and as there the oldest goes first.
    private const int MaxWaiting = 250;

    private readonly HashSet<ushort> _underWay = [];
    private readonly Queue<MqttPublishPacket> _waiting = [];

    /// <summary>Whether the message may be sent now. One that may not is kept.</summary>
    public bool TryStart(MqttPublishPacket packet)
    {
        if (packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce) return true;
        if (_waiting.Count == 0 && _underWay.Count < receiveMaximum)
        {
            _underWay.Add(packet.PacketIdentifier);
            return true;
        }

        if (_waiting.Count == MaxWaiting) _waiting.Dequeue();
        _waiting.Enqueue(packet);
        return false;
    }

    /// <summary>The subscriber has one: the next that may be sent, or null.</summary>
    public MqttPublishPacket? Finish(ushort packetId)
    {
        if (!_underWay.Remove(packetId) || !_waiting.TryDequeue(out MqttPublishPacket? next)) return null;
        _underWay.Add(next.PacketIdentifier);
        return next;
    }
}
