using System.Buffers;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Lane;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>What all connections of the dialect have in common.</summary>
internal sealed record AzureParts(AzureGate Gate, Twins Twins, TimeProvider Clock, ILogger<AzureSession> Logger);

/// <summary>
/// One connection's part in the Azure IoT dialect. For a client that is none of it, it only keeps telemetry topics from
/// being used under a device's name.
/// </summary>
internal sealed class AzureSession(AzureParts parts, PacketSender sender, AckQueue acks, ForeignMessages foreign)
{
    private const string HubTopics = "$iothub/", RetainProperty = "mqtt-retain";

    private string _client = "";
    private AzureName? _name;
    private long _endTicks = DateTimeOffset.MaxValue.UtcTicks;

    /// <summary>Learns what became of the CONNECT.</summary>
    public void Begin(MqttConnectPacket connect, in Admission admission)
    {
        _client = connect.ClientId.Length > 128 ? connect.ClientId[..128] : connect.ClientId; // the hub's limit; it is only for the log
        _name = admission.Name;
        Volatile.Write(ref _endTicks, admission.End.UtcTicks);
    }

    /// <summary>True, once, when the token has expired: the connection is to end.</summary>
    public bool Expires()
    {
        long end = Volatile.Read(ref _endTicks);
        if (parts.Clock.GetUtcNow().UtcTicks < end || Interlocked.CompareExchange(ref _endTicks, long.MaxValue, end) != end) return false;
        parts.Logger.TokenExpired(_client);
        return true;
    }

    /// <summary>Takes a packet that is for the dialect alone. False: it is for ingest and the broker, as ever.</summary>
    /// <exception cref="PacketException">The dialect forbids it; the connection ends.</exception>
    /// <exception cref="IOException">The disk has failed: nothing is acknowledged.</exception>
    public ValueTask<bool> TakeAsync(MqttPacket packet, CancellationToken cancellationToken) =>
        packet is MqttPublishPacket publish && (_name is not null || AzureTopic.TryParse(publish.Topic, out _)) ? TakeAsync(publish, cancellationToken) : new(false);

    private async ValueTask<bool> TakeAsync(MqttPublishPacket publish, CancellationToken cancellationToken)
    {
        if (_name is { } name)
        {
            if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce) throw new PacketException("QoS 2, which the Azure IoT dialect does not have") { Reason = MqttDisconnectReasonCode.ProtocolError };
            if (publish.TopicAlias > 0) throw new PacketException("a topic alias, which the Azure IoT dialect does not have") { Reason = MqttDisconnectReasonCode.TopicAliasInvalid };
            if (publish.Topic.StartsWith(HubTopics, StringComparison.Ordinal))
            {
                await AnswerAsync(name, publish, cancellationToken);
                return true;
            }
        }

        if (!AzureTopic.TryParse(publish.Topic, out AzureTopic topic)) return false;
        if (!parts.Gate.MayPublish(_name, topic.Sender))
        {
            await foreign.RefuseAsync(publish, _name?.ToString() ?? "a client that is no device", cancellationToken);
            return true;
        }

        if (_name is not null && publish.Retain) KeepRetainAsProperty(publish);
        return false;
    }

    // The hub retains nothing, and tells its readers what the device wanted.
    private static void KeepRetainAsProperty(MqttPublishPacket publish)
    {
        publish.Retain = false;
        publish.UserProperties = [.. publish.UserProperties ?? [], new MqttUserProperty(RetainProperty, "true"u8.ToArray())];
    }

    // Sent to the device itself, not through the broker: all devices' answers have the same topics. Who asks wants one,
    // so it is not looked at whether it has subscribed. What is no twin's (the answer to a method) wants none.
    private async ValueTask AnswerAsync(AzureName name, MqttPublishPacket request, CancellationToken cancellationToken)
    {
        if (request.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce) acks.AddAnswered(request.PacketIdentifier, null, request.Payload.Length);
        if (TwinRequest.Of(request.Topic) is not { } twin) return;
        if (!twin.IsPatch)
        {
            await SendAsync(twin.Answer(200), parts.Twins.Read(name), cancellationToken);
            return;
        }

        (int status, long version) = parts.Twins.Patch(name, request.Payload.ToArray());
        await SendAsync(twin.Answer(status, version), [], cancellationToken);
    }

    private ValueTask SendAsync(string topic, byte[] payload, CancellationToken cancellationToken) =>
        sender.SendAsync(new MqttPublishPacket { Topic = topic, Payload = new ReadOnlySequence<byte>(payload) }, cancellationToken);
}
