namespace CityPerception.Hosting;

/// <summary>Event ids 1000–1099; the next free one is 1006.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1000, LogLevel.Information, "Ready in {Seconds:0.0} s at {Addresses}; roles {Roles}, configuration {ConfigDirectory}, data {DataDirectory}")]
    public static partial void Ready(this ILogger logger, double seconds, string addresses, string roles, string configDirectory, string dataDirectory);

    [LoggerMessage(1001, LogLevel.Information, "Stopping: sources first, then what they handed on")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(1002, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(1003, LogLevel.Information, "TLS certificate of {Subject}, valid until {NotAfter:u}")]
    public static partial void CertificateTaken(this ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(1004, LogLevel.Error, "The changed TLS certificate is not taken, the one before stays: {Fault}")]
    public static partial void CertificateNotTaken(this ILogger logger, string fault);

    [LoggerMessage(1005, LogLevel.Warning, "The operational database cannot be opened, and is tried again: {Reason}. Cases wait in the spool meanwhile")]
    public static partial void OperationsAway(this ILogger logger, string reason);
}
