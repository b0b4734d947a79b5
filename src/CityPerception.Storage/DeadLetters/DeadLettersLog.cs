using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>Event ids 2200-2299. Next free: 2202.</summary>
internal static partial class DeadLettersLog
{
    [LoggerMessage(2200, LogLevel.Warning, "Removed the {Count} oldest dead letters: more than {MaxBytes} bytes, or older than {MaxAge}")]
    public static partial void LettersRemoved(this ILogger logger, int count, long maxBytes, TimeSpan maxAge);

    [LoggerMessage(2201, LogLevel.Warning, "Dead letters occupy {Bytes} of {MaxBytes} bytes; at the limit the oldest are removed. List, replay or raise DeadLetters:MaxBytes")]
    public static partial void LettersFilling(this ILogger logger, long bytes, long maxBytes);
}
