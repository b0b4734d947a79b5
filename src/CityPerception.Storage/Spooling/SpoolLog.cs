using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Spooling;

/// <summary>Event ids 2000-2099. Next free: 2005.</summary>
internal static partial class SpoolLog
{
    [LoggerMessage(2000, LogLevel.Information, "{Directory} opened with {Bytes} bytes waiting, in {Milliseconds} ms")]
    public static partial void LogOpened(this ILogger logger, string directory, long bytes, double milliseconds);

    [LoggerMessage(2001, LogLevel.Warning, "{Directory}: cut {Bytes} bytes off the end that are no whole record; as a crash leaves them in what was not acknowledged")]
    public static partial void TailCut(this ILogger logger, string directory, long bytes);

    [LoggerMessage(2002, LogLevel.Error, "{Directory} takes nothing more: the disk failed. Sources get no acknowledgement until it works again")]
    public static partial void LogFailed(this ILogger logger, string directory, Exception reason);

    [LoggerMessage(2003, LogLevel.Warning, "The spool works again; sources are acknowledged again")]
    public static partial void SpoolReopened(this ILogger logger);

    [LoggerMessage(2004, LogLevel.Warning, "The spool still cannot be opened, again in {Delay}: {Reason}")]
    public static partial void SpoolStillFails(this ILogger logger, TimeSpan delay, string reason);
}
