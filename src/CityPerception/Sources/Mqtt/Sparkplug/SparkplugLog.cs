namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>Log messages 1490–1499; the next free one is 1495.</summary>
internal static partial class SparkplugLog
{
    [LoggerMessage(1490, LogLevel.Information, "Sparkplug node {Node} is asked for its births: {Reason}")]
    public static partial void AskedForBirths(this ILogger logger, string node, string reason);

    [LoggerMessage(1491, LogLevel.Warning, "Sparkplug node {Node}: {Missing} messages are missing before number {Number}")]
    public static partial void SequenceGap(this ILogger logger, string node, int missing, int number);

    [LoggerMessage(1492, LogLevel.Information, "Sparkplug node {Node}: the death of an older session is passed over")]
    public static partial void StaleDeath(this ILogger logger, string node);

    [LoggerMessage(1493, LogLevel.Error, "Sparkplug node {Node}: its birth is not kept, and its data become dead letters where they have no names; raise {Setting}")]
    public static partial void BirthNotKept(this ILogger logger, string node, string setting);

    [LoggerMessage(1494, LogLevel.Warning, "Sparkplug: {Topic} could not be published: {Reason}")]
    public static partial void NotPublished(this ILogger logger, string topic, string reason);
}
