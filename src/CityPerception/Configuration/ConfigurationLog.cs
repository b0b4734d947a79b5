namespace CityPerception.Configuration;

/// <summary>Log messages 1300–1399; the next free one is 1303.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(1300, LogLevel.Information, "Configuration reloaded: {Sources} sources, {Measurements} measurements")]
    public static partial void Reloaded(this ILogger logger, int sources, int measurements);

    [LoggerMessage(1301, LogLevel.Error, "The changed configuration has {Count} faults and is not taken; the old one goes on. The first: {First}")]
    public static partial void KeptOldPlan(this ILogger logger, int count, string first);

    [LoggerMessage(1302, LogLevel.Warning, "Cannot look at the configuration directory {Directory}: {Reason}")]
    public static partial void CannotLook(this ILogger logger, string directory, string reason);
}
