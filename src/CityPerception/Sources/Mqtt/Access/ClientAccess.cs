using System.Net;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Storage.Operations.Devices;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>What one connection may do: everything while credentials are not required, else what its device may.</summary>
internal sealed class ClientAccess(DeviceGate gate, AzureSession azure, ForeignMessages foreign, PacketSender sender, ClientCertificate? certificate, EndPoint? remote, ILogger logger)
{
    private volatile Who? _who;

    /// <summary>The devices that are known; null where nobody has to show credentials.</summary>
    public IKnownDevices? Devices => gate.Known;

    /// <summary>Whose credentials it has shown; null where nobody has to.</summary>
    public MessageSender? Sender => _who?.Sender;

    /// <summary>The devices whose changes it has to heed: its own and the one that it is part of; those that it may be, before that is known.</summary>
    public IReadOnlyList<string> Names => _who?.Names ?? [];

    /// <summary>Looks at the CONNECT, before the broker does: who is refused here takes no session over.</summary>
    /// <exception cref="PacketException">It is refused, and has been told.</exception>
    public async ValueTask GreetAsync(MqttConnectPacket connect, CancellationToken cancellationToken)
    {
        // Said before the registry is asked: what it forgets from here on ends this connection.
        if (gate.IsRequired) _who = new Who(DeviceGate.NamesIn(connect, certificate));
        Admission admission = await gate.AdmitAsync(connect, certificate, remote, cancellationToken);
        azure.Begin(connect, admission);
        if (admission.Refusal is { } refusal)
        {
            (MqttConnectReturnCode v3, MqttConnectReasonCode v5) = RefusalCodes.Of(admission.Reason);
            await sender.SendAsync(new MqttConnAckPacket { ReturnCode = v3, ReasonCode = v5 }, cancellationToken);
            throw new PacketException(refusal) { Reason = MqttDisconnectReasonCode.NotAuthorized };
        }

        if (admission.Device is not { } device) return;
        _who = new Who(DeviceGate.GatewayOf(device) is { } gateway ? [device, gateway] : [device]) { Admission = admission, Authorities = gate.Certificates.Authorities };
        connect.ClientId = ClientIds.Of(device, connect.ClientId);
    }

    /// <summary>Whether it may send to a topic; those of the Azure IoT dialect have rules of their own.</summary>
    public bool MayPublish(string topic) => _who is not { } who || who.Topics!.Holds(topic) || AzureTopic.IsDialect(topic);

    /// <summary>Takes a message to a topic that is not the device's own: it becomes a dead letter. False: the packet is for whom it always was.</summary>
    /// <exception cref="PacketException">It is not to be acknowledged; the connection ends.</exception>
    public async ValueTask<bool> TakeAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (_who is not { } who || packet is not MqttPublishPacket { Topic.Length: > 0 } publish || MayPublish(publish.Topic)) return false;
        await foreign.RefuseAsync(publish, who.Names[0], cancellationToken);
        return true;
    }

    /// <summary>The device, if it has been disabled or its credential taken away since it connected.</summary>
    public string? FindRevoked(IReadOnlyDictionary<string, Device> changed) => _who is { } who && who.IsRevokedBy(changed) ? who.Names[0] : null;

    /// <summary>True, once, when no authority has signed its certificate any more: the connection is to end.</summary>
    public bool LosesAuthority()
    {
        if (_who is not { Admission.Signed: { } signed } who || ReferenceEquals(who.Authorities, gate.Certificates.Authorities)) return false;
        who.Authorities = gate.Certificates.Authorities;
        if (gate.Certificates.IsSigned(signed)) return false;
        logger.AuthorityGone(who.Names[0]);
        return true;
    }

    /// <param name="Names">The device and its gateway; before it is admitted, those that it may be.</param>
    private sealed record Who(IReadOnlyList<string> Names)
    {
        private readonly Admission? _admission;

        /// <summary>Null until it is admitted.</summary>
        public Admission? Admission
        {
            get => _admission;
            init => (_admission, Topics, Sender) = (value, new OwnTopics(Names[0]), new MessageSender(Names[0], value is { IsRegistered: true }));
        }

        public OwnTopics? Topics { get; private init; }

        public MessageSender? Sender { get; private init; }

        /// <summary>Those by which its certificate was last judged.</summary>
        public AuthorityCertificates? Authorities { get; set; }

        public bool IsRevokedBy(IReadOnlyDictionary<string, Device> changed)
        {
            if (Admission is not { } admission) return Names.Any(changed.ContainsKey);
            if (Names.Any(n => changed.TryGetValue(n, out Device? device) && device.DisabledAt is not null)) return true;
            return admission.Credential is { } credential && changed.TryGetValue(Names[0], out Device? own) && own.Credentials.All(c => c.Id != credential);
        }
    }
}
