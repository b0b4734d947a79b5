using System.Collections.Concurrent;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// What MQTTnet still has to answer on one connection, PUBACKs excepted (<see cref="Lane.AckQueue"/>). It queues its answers
/// without bound, so they count in the connection's window from the packet that asks for them until its send loop has come to them.
/// </summary>
internal sealed class BrokerAnswers(InFlightWindow window)
{
    private readonly ConcurrentDictionary<ushort, (PublishReceipt? Receipt, int Bytes)> _received = [];
    private int _others;

    /// <summary>A PUBLISH of QoS 2: its PUBREC waits for the receipt.</summary>
    public void ExpectReceived(ushort packetId, PublishReceipt? receipt, int bytes)
    {
        // A sender that repeats itself gets one PUBREC, for the later place, which covers both.
        if (_received.TryRemove(packetId, out (PublishReceipt?, int Bytes) earlier)) window.Leave(1, earlier.Bytes);
        _received[packetId] = (receipt, bytes);
        window.Enter(1, bytes);
    }

    /// <summary>Any other packet: notes it if it gets an answer.</summary>
    public void Expect(MqttPacket packet)
    {
        if (packet is not (MqttSubscribePacket or MqttUnsubscribePacket or MqttPubRelPacket or MqttPubRecPacket)) return;
        Interlocked.Increment(ref _others);
        window.Enter(1, 0);
    }

    /// <summary>Takes MQTTnet's PUBREC. False if no message of this connection waits for it: it is of an earlier one of the session.</summary>
    public bool TryTakeReceived(ushort packetId, out PublishReceipt? receipt)
    {
        bool found = _received.TryRemove(packetId, out (PublishReceipt? Receipt, int Bytes) held);
        if (found) window.Leave(1, held.Bytes);
        receipt = held.Receipt;
        return found;
    }

    /// <summary>Any other packet is being sent: it may be an answer.</summary>
    public void Sent(MqttPacket packet)
    {
        if (packet is not (MqttSubAckPacket or MqttUnsubAckPacket or MqttPubCompPacket or MqttPubRelPacket)) return;
        if (Interlocked.Decrement(ref _others) >= 0) window.Leave(1, 0);
        else Interlocked.Increment(ref _others); // an answer to an earlier connection of the session
    }
}
