namespace CityPerception.Scoring;

/// <summary>Log messages 1530–1532. Nothing of a text, and no token.</summary>
internal static partial class ScorerLog
{
    [LoggerMessage(1530, LogLevel.Warning, "The scorer at {Server} gives no scores ({Reason}); the lexicon does, until it is back")]
    public static partial void ScorerAway(this ILogger logger, string server, string reason);

    [LoggerMessage(1531, LogLevel.Information, "The scorer at {Server} is back")]
    public static partial void ScorerBack(this ILogger logger, string server);

    [LoggerMessage(1532, LogLevel.Warning, "The scorer's token from before stays in use: {Fault}")]
    public static partial void ScorerTokenKept(this ILogger logger, string fault);
}
