using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Dispatch;

/// <summary>Event ids 2100-2199. Next free: 2107.</summary>
internal static partial class DispatcherLog
{
    [LoggerMessage(2100, LogLevel.Information, "Dispatching the {Spool} spool: {Bytes} bytes wait, {Lanes} lanes")]
    public static partial void Started(this ILogger logger, string spool, long bytes, int lanes);

    [LoggerMessage(2101, LogLevel.Information, "Dispatching stopped: {Bytes} bytes stay in the {Spool} spool")]
    public static partial void Stopped(this ILogger logger, string spool, long bytes);

    [LoggerMessage(2102, LogLevel.Warning, "{Store}: attempt {Attempt} failed, again in {Delay}: {Reason}")]
    public static partial void Retrying(this ILogger logger, string store, int attempt, TimeSpan delay, string reason, Exception? unexpected);

    [LoggerMessage(2103, LogLevel.Error, "{Store} fails all the time and is left alone for {Duration}; lines wait in the spool")]
    public static partial void StoreLeftAlone(this ILogger logger, string store, TimeSpan duration);

    [LoggerMessage(2104, LogLevel.Information, "{Store} works again")]
    public static partial void StoreBack(this ILogger logger, string store);

    [LoggerMessage(2105, LogLevel.Warning, "The store refused {Count} lines, now dead letters; the first: {Detail}")]
    public static partial void LinesRefused(this ILogger logger, int count, string detail);

    [LoggerMessage(2106, LogLevel.Error, "The spool at address {Address} is damaged over {Bytes} bytes, kept as a dead letter; what follows is read")]
    public static partial void RecordDamaged(this ILogger logger, long address, long bytes);
}
