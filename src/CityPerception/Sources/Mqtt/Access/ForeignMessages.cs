using System.Buffers;
using CityPerception.Core.Observations;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Sources.Mqtt.Lane;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>What one connection sends under a name that is not its own: kept as dead letters, and acknowledged when they are.</summary>
internal sealed class ForeignMessages(MqttIngest ingest, AckQueue acks, ILogger logger)
{
    private bool _hasForeign;

    /// <summary>Keeps a message. Subscribers do not get it.</summary>
    /// <param name="publish">The message.</param>
    /// <param name="from">Who sends it, in words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PacketException">It cannot be acknowledged so; the connection ends.</exception>
    /// <exception cref="IOException">The disk has failed: nothing is acknowledged.</exception>
    public async ValueTask RefuseAsync(MqttPublishPacket publish, string from, CancellationToken cancellationToken)
    {
        if (publish.TopicAlias > 0 || publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce) throw new PacketException("a message under a device's name that the connection does not have") { Reason = MqttDisconnectReasonCode.NotAuthorized };
        if (!_hasForeign) logger.ForeignName(from, publish.Topic);
        _hasForeign = true; // one line a connection: the rest is among the dead letters
        var rejection = new Rejection(RejectionReason.SenderForeign, 0, publish.Topic, $"sent by {from}; a device may send only under its own name");
        PublishReceipt receipt = await ingest.RefuseAsync(publish.Topic, publish.Payload.ToArray(), publish.UserProperties, rejection, cancellationToken);
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce) acks.AddAnswered(publish.PacketIdentifier, receipt, publish.Payload.Length);
    }
}
