namespace CityPerception.Sources.Keys;

/// <summary>Log message 1483. No key.</summary>
internal static partial class KeysLog
{
    [LoggerMessage(1483, LogLevel.Warning, "The device keys stay as they were: {Fault}")]
    public static partial void KeptOldKeys(this ILogger logger, string fault);
}
