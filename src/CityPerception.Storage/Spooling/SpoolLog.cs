using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Spooling;

/// <summary>Event ids 2000-2099. Next free: 2003.</summary>
internal static partial class SpoolLog
{
    [LoggerMessage(2000, LogLevel.Information, "{Directory} opened with {Bytes} bytes waiting, in {Milliseconds} ms")]
    public static partial void LogOpened(this ILogger logger, string directory, long bytes, double milliseconds);

    [LoggerMessage(2001, LogLevel.Warning, "{Directory}: cut {Bytes} bytes off the end that are no whole record; as a crash leaves them in what was not acknowledged")]
    public static partial void TailCut(this ILogger logger, string directory, long bytes);

    [LoggerMessage(2002, LogLevel.Error, "{Directory} takes nothing more: the disk failed. Sources get no acknowledgement until it is reopened")]
    public static partial void LogFailed(this ILogger logger, string directory, Exception reason);
}
