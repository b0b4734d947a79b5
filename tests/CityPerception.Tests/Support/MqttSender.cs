using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Support;

/// <summary>MQTT 5 clients that publish with QoS 1.</summary>
internal static class MqttSender
{
    public static async Task<IMqttClient> ConnectAsync(int port, string clientId, CancellationToken cancellationToken)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(clientId).WithProtocolVersion(MqttProtocolVersion.V500).Build(), cancellationToken);
        return client;
    }

    public static MqttApplicationMessage Message(string topic, string payload) =>
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
}
