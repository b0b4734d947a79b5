using System.Net;

namespace CityPerception.Sources.Mqtt;

/// <summary>Log messages 1400–1449; the next free one is 1406.</summary>
internal static partial class MqttLog
{
    [LoggerMessage(1400, LogLevel.Debug, "MQTT connection of {Remote} closed: {Reason}")]
    public static partial void BadPacket(this ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(1401, LogLevel.Error, "MQTT connection of {Remote} closed without acknowledging: {Reason}")]
    public static partial void ClosedUnacknowledged(this ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(1402, LogLevel.Debug, "A message on {Topic}: no source, no subscriber; kept as a dead letter")]
    public static partial void TopicWithoutSource(this ILogger logger, string topic);

    [LoggerMessage(1404, LogLevel.Error, "The will of MQTT client {Client} on {Topic} could not be taken: {Reason}")]
    public static partial void WillLost(this ILogger logger, string client, string topic, string reason);

    [LoggerMessage(1405, LogLevel.Error, "MQTT client {Client} disconnected without acknowledging: {Reason}")]
    public static partial void DisconnectedUnacknowledged(this ILogger logger, string client, string reason);

    [LoggerMessage(1403, LogLevel.Debug, "MQTT broker ({Component}): {Text}")]
    public static partial void BrokerSays(this ILogger logger, Exception? exception, string component, string text);
}
