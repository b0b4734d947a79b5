using System.Net;

namespace CityPerception.Sources.Hj212;

/// <summary>Log messages 1510–1511.</summary>
internal static partial class Hj212Log
{
    [LoggerMessage(1510, LogLevel.Warning, "HJ 212 connection from {Remote}: a frame is refused ({Reason}); kept as a dead letter, like all such that follow on this connection")]
    public static partial void FrameRefused(this ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(1511, LogLevel.Warning, "HJ 212 connection from {Remote} closed: its address is not one of Hj212:AllowedAddresses")]
    public static partial void AddressRefused(this ILogger logger, EndPoint? remote);
}
