using CityPerception.Core.Mapping;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Storage.Spooling;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>What a client asked to be published if it goes without a word (MQTT 5.0, 3.1.2.5). MQTTnet hands it to subscribers only; here it is taken for ingest.</summary>
internal sealed class LastWill(MqttIngest ingest, ClientAccess access, ILogger logger)
{
    private MqttConnectPacket? _connect;

    public void Note(MqttPacket packet)
    {
        if (packet is MqttConnectPacket { WillFlag: true } connect) _connect = connect;
        if (packet is MqttDisconnectPacket { ReasonCode: MqttDisconnectReasonCode.NormalDisconnection }) _connect = null; // 3.14.4
    }

    /// <summary>Takes it, if there is one, as if it had been published.</summary>
    public async Task TakeAsync()
    {
        if (_connect is not { } will) return;
        try
        {
            await ingest.AcceptAsync(will.WillTopic, will.WillMessage, will.WillUserProperties, access.Sender, new MappingRun(), CancellationToken.None);
        }
        catch (SpoolFailedException e)
        {
            logger.WillLost(will.ClientId, will.WillTopic, e.Message);
        }
    }
}
