namespace CityPerception.Cases;

/// <summary>Event ids 1900–1999; the next free one is 1902.</summary>
internal static partial class CasesLog
{
    [LoggerMessage(1900, LogLevel.Debug, "{Points} points of overdue cases written")]
    public static partial void OverdueWritten(this ILogger logger, int points);

    [LoggerMessage(1901, LogLevel.Warning, "Overdue cases are not written for now: {Reason}")]
    public static partial void ClockWaits(this ILogger logger, string reason);
}
