namespace CityPerception.DeadLetters;

/// <summary>Event ids 1500–1599; the next free one is 1502.</summary>
internal static partial class LettersLog
{
    [LoggerMessage(1500, LogLevel.Warning, "{Path} could not be written: {Reason}. Commands beside the server do not find it")]
    public static partial void NotWritten(this ILogger logger, string path, string reason);

    [LoggerMessage(1501, LogLevel.Information, "Dead letters replayed: {Replayed} of {Letters}, {Observations} observations; {Rejected} refused again, {Hopeless} hopeless")]
    public static partial void Replayed(this ILogger logger, int replayed, int letters, long observations, int rejected, int hopeless);
}
