using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Projections;

/// <summary>Event ids 2380-2399. Next free: 2381.</summary>
internal static partial class ProjectionsLog
{
    [LoggerMessage(2380, LogLevel.Error, "The projection {Projection} failed and passed lines over; rebuild it from the store when the cause is mended")]
    public static partial void LinesPassedOver(this ILogger logger, string projection, Exception cause);
}
