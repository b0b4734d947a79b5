using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>Events 2300 to 2349; the next free one is 2303.</summary>
internal static partial class InfluxStoreLog
{
    [LoggerMessage(2300, LogLevel.Information, "InfluxDB {Version} at {Url}, database {Database}, is ready.")]
    public static partial void Ready(this ILogger logger, InfluxVersion version, string url, string database);

    [LoggerMessage(2301, LogLevel.Warning, "InfluxDB 3 Core does not reliably overwrite a point and reads back recent data only: keep channel views in another store.")]
    public static partial void RecentDataOnly(this ILogger logger);

    [LoggerMessage(2302, LogLevel.Debug, "InfluxDB refused a line: {Reason}")]
    public static partial void LineRefused(this ILogger logger, string reason);
}
