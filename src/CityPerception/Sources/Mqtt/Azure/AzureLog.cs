namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>Log messages 1480–1482; the next free one is 1484. No token, no key.</summary>
internal static partial class AzureLog
{
    [LoggerMessage(1480, LogLevel.Information, "Azure IoT device {Client} refused: {Reason}")]
    public static partial void DeviceRefused(this ILogger logger, string client, string reason);

    [LoggerMessage(1481, LogLevel.Information, "MQTT client {Client}: its token or certificate has expired, the connection ends")]
    public static partial void TokenExpired(this ILogger logger, string client);

    [LoggerMessage(1482, LogLevel.Warning, "MQTT client {Client} sends under another device's name, to {Topic}; kept as a dead letter, like all that follow on this connection")]
    public static partial void ForeignName(this ILogger logger, string client, string topic);
}
