using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>Event ids 2200-2299. Next free: 2207.</summary>
internal static partial class DeadLettersLog
{
    [LoggerMessage(2200, LogLevel.Warning, "Removed the {Count} oldest dead letters that nobody had replayed, of {Sources}, from {From:u} to {To:u}: together they were more than {MaxBytes} bytes (DeadLetters:MaxBytes), or older than {MaxAge} (DeadLetters:MaxAge)")]
    public static partial void OpenLettersRemoved(this ILogger logger, int count, string sources, DateTimeOffset from, DateTimeOffset to, long maxBytes, TimeSpan maxAge);

    [LoggerMessage(2201, LogLevel.Warning, "Dead letters occupy {Bytes} of {MaxBytes} bytes; at the limit the oldest are removed. Correct what they complain of and replay them (cityperception deadletters list, replay), or raise DeadLetters:MaxBytes")]
    public static partial void LettersFilling(this ILogger logger, long bytes, long maxBytes);

    [LoggerMessage(2202, LogLevel.Information, "Removed {Count} old dead letters that had been replayed")]
    public static partial void SettledLettersRemoved(this ILogger logger, int count);

    [LoggerMessage(2203, LogLevel.Warning, "{Count} dead letters that nobody has replayed, of {Sources}, from {From:u} to {To:u}, are near their greatest age of {MaxAge} (DeadLetters:MaxAge); the first is removed at {At:u}")]
    public static partial void LettersAgeing(this ILogger logger, int count, string sources, DateTimeOffset from, DateTimeOffset to, DateTimeOffset at, TimeSpan maxAge);

    [LoggerMessage(2204, LogLevel.Warning, "Old dead letters could not be removed now: {Reason}")]
    public static partial void TrimFailed(this ILogger logger, string reason);

    [LoggerMessage(2205, LogLevel.Warning, "Removed {Count} dead letters of people that nobody had replayed, of {Sources}, from {From:u} to {To:u}: they were near or past {Retention} (DeadLetters:PersonalRetention)")]
    public static partial void PersonalLettersRemoved(this ILogger logger, int count, string sources, DateTimeOffset from, DateTimeOffset to, TimeSpan retention);

    [LoggerMessage(2206, LogLevel.Warning, "{Count} dead letters of people that nobody has replayed, of {Sources}, from {From:u} to {To:u}, are removed when their day is {Retention} old (DeadLetters:PersonalRetention)")]
    public static partial void PersonalLettersAgeing(this ILogger logger, int count, string sources, DateTimeOffset from, DateTimeOffset to, TimeSpan retention);
}
