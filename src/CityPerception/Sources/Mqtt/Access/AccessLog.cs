using System.Net;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>Log messages 1430–1437. No password, no token, no key.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(1430, LogLevel.Information, "MQTT client of {Remote} as device {Device} refused: {Reason}")]
    public static partial void Refused(this ILogger logger, EndPoint? remote, string device, string reason);

    [LoggerMessage(1431, LogLevel.Warning, "Device {Device} is locked out from {Address}: too many wrong credentials; it is let in again after a while, and from elsewhere at once")]
    public static partial void LockedOut(this ILogger logger, string device, string address);

    [LoggerMessage(1432, LogLevel.Information, "MQTT connection of device {Device} ended: the device was disabled, or its credential taken away")]
    public static partial void Revoked(this ILogger logger, string device);

    [LoggerMessage(1433, LogLevel.Warning, "The registry of devices does not answer: {Fault}")]
    public static partial void RegistryAway(this ILogger logger, string fault);

    [LoggerMessage(1434, LogLevel.Error, "The SAS key of device {Device} cannot be decrypted: the folder of keys is another than when it was added")]
    public static partial void KeyLost(this ILogger logger, string device);

    [LoggerMessage(1436, LogLevel.Warning, "The authorities of devices' certificates stay as they were: {Fault}")]
    public static partial void AuthoritiesNotTaken(this ILogger logger, string fault);

    [LoggerMessage(1437, LogLevel.Information, "MQTT connection of device {Device} ended: no authority of Mqtt:ClientCa has signed its certificate any more")]
    public static partial void AuthorityGone(this ILogger logger, string device);

    [LoggerMessage(1435, LogLevel.Information, "MQTT client {Client} may not subscribe to {Filter}: it is not within the topics of its device")]
    public static partial void SubscriptionRefused(this ILogger logger, string client, string filter);
}
