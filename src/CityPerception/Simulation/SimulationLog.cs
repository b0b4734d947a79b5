namespace CityPerception.Simulation;

/// <summary>State changes only; what happens to a message is counted. Ids 6000–6099; next free: 6006.</summary>
internal static partial class SimulationLog
{
    [LoggerMessage(6000, LogLevel.Information, "The simulated city sends: {Devices} devices, {Rate} messages/s, cases {Speed} times faster than life.")]
    public static partial void SimulationStarted(this ILogger logger, int devices, double rate, double speed);

    [LoggerMessage(6001, LogLevel.Warning, "{Server} does not take messages: {Reason}. Trying again until it does; nothing unacknowledged is dropped.")]
    public static partial void ServerAway(this ILogger logger, string server, string reason);

    [LoggerMessage(6002, LogLevel.Information, "{Server} takes messages again.")]
    public static partial void ServerBack(this ILogger logger, string server);

    [LoggerMessage(6003, LogLevel.Debug, "{Server} refused a message of {Source}: {Reason}")]
    public static partial void MessageRefused(this ILogger logger, string server, string source, string reason);

    [LoggerMessage(6004, LogLevel.Information, "The simulated city stopped: {Sent} sent, {Acknowledged} acknowledged, {Refused} refused, {Waiting} without an answer.")]
    public static partial void SimulationStopped(this ILogger logger, long sent, long acknowledged, long refused, long waiting);

    [LoggerMessage(6005, LogLevel.Warning, "{Silent} of the {All} devices that would publish have no password, and send nothing")]
    public static partial void DevicesSilent(this ILogger logger, int silent, int all);
}
