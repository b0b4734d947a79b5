using System.Net;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Storage.Operations.Devices;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>What one connection may do: everything while credentials are not required, else what its device may.</summary>
internal sealed class ClientAccess(DeviceGate gate, AzureSession azure, ForeignMessages foreign, PacketSender sender, EndPoint? remote)
{
    private volatile Who? _who;

    /// <summary>Looks at the CONNECT, before the broker does: who is refused here takes no session over.</summary>
    /// <exception cref="PacketException">It is refused, and has been told.</exception>
    public async ValueTask GreetAsync(MqttConnectPacket connect, CancellationToken cancellationToken)
    {
        // Said before the registry is asked: what it forgets from here on ends this connection.
        if (gate.IsRequired) _who = new Who(DeviceGate.NameIn(connect), null, IsAdmitted: false);
        Admission admission = await gate.AdmitAsync(connect, remote, cancellationToken);
        azure.Begin(connect, admission);
        if (admission.Refusal is { } refusal)
        {
            (MqttConnectReturnCode v3, MqttConnectReasonCode v5) = RefusalCodes.Of(admission.Reason);
            await sender.SendAsync(new MqttConnAckPacket { ReturnCode = v3, ReasonCode = v5 }, cancellationToken);
            throw new PacketException(refusal) { Reason = MqttDisconnectReasonCode.NotAuthorized };
        }

        if (admission.Device is not { } device) return;
        _who = new Who(device, admission.Credential, IsAdmitted: true);
        connect.ClientId = ClientIds.Of(device, connect.ClientId);
    }

    /// <summary>Whether it may send to a topic; those of the Azure IoT dialect have rules of their own.</summary>
    public bool MayPublish(string topic) => _who is not { } who || who.Topics.Holds(topic) || AzureTopic.IsDialect(topic);

    /// <summary>Takes a message to a topic that is not the device's own: it becomes a dead letter. False: the packet is for whom it always was.</summary>
    /// <exception cref="PacketException">It is not to be acknowledged; the connection ends.</exception>
    public async ValueTask<bool> TakeAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (_who is not { } who || packet is not MqttPublishPacket { Topic.Length: > 0 } publish || MayPublish(publish.Topic)) return false;
        await foreign.RefuseAsync(publish, who.Device, cancellationToken);
        return true;
    }

    /// <summary>The device, if it has been disabled or its credential taken away since it connected.</summary>
    public string? FindRevoked(IReadOnlyDictionary<string, Device> changed) =>
        _who is { } who && changed.TryGetValue(who.Device, out Device? now)
        && (now.DisabledAt is not null || !who.IsAdmitted || (who.Credential is { } credential && now.Credentials.All(c => c.Id != credential)))
            ? who.Device
            : null;

    private sealed record Who(string Device, Guid? Credential, bool IsAdmitted)
    {
        public OwnTopics Topics { get; } = new(Device);
    }
}
