namespace CityPerception.Sources.Mqtt.External;

/// <summary>Log messages 1450–1469; the next free one is 1460.</summary>
internal static partial class ExternalBrokerLog
{
    [LoggerMessage(1450, LogLevel.Information, "MQTT broker {Broker}: connected, {Connections} connections, MQTT {Version}")]
    public static partial void Connected(this ILogger logger, string broker, int connections, string version);

    [LoggerMessage(1451, LogLevel.Error, "MQTT broker {Broker}: {Reason}. Trying again until it works")]
    public static partial void Away(this ILogger logger, string broker, string reason);

    [LoggerMessage(1452, LogLevel.Error, "MQTT broker {Broker} refuses the subscription to {Filter}: {Reason}. Allow it there; it is asked for again every minute")]
    public static partial void SubscriptionRefused(this ILogger logger, string broker, string filter, string reason);

    [LoggerMessage(1453, LogLevel.Information, "MQTT broker {Broker} grants the subscription to {Filter} now")]
    public static partial void GrantedAfterAll(this ILogger logger, string broker, string filter);

    [LoggerMessage(1454, LogLevel.Warning, "MQTT broker {Broker} no longer has the session {ClientId}: what it had queued for us is gone. It has to keep sessions on disk and for as long as we may be away")]
    public static partial void SessionLost(this ILogger logger, string broker, string clientId);

    [LoggerMessage(1455, LogLevel.Warning, "MQTT broker {Broker} has no shared subscriptions ({Why}): Mqtt:Group does nothing, and each worker gets every message")]
    public static partial void CannotShare(this ILogger logger, string broker, string why);

    [LoggerMessage(1456, LogLevel.Information, "MQTT broker {Broker}: no longer subscribed to {Filters}")]
    public static partial void Unsubscribed(this ILogger logger, string broker, string filters);

    [LoggerMessage(1457, LogLevel.Warning, "MQTT broker {Broker}: the subscription to {Filter} could not be ended: {Reason}")]
    public static partial void NotUnsubscribed(this ILogger logger, string broker, string filter, string reason);

    [LoggerMessage(1458, LogLevel.Information, "MQTT broker {Broker}: the old session {ClientId} is emptied and ended")]
    public static partial void SessionEnded(this ILogger logger, string broker, string clientId);

    [LoggerMessage(1459, LogLevel.Error, "{Path} cannot be read ({Reason}) and is put aside as {Aside}. New sessions begin; end the old ones at the MQTT broker, or let them expire: it goes on queuing for them")]
    public static partial void SessionsForgotten(this ILogger logger, string path, string reason, string aside);
}
