namespace CityPerception.Access;

/// <summary>Event ids 1600–1699; the next free one is 1606. No password, no key.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(1600, LogLevel.Warning, "Credentials are required, and there are neither people nor keys yet: add them with 'cityperception user add' and 'cityperception key add'")]
    public static partial void NobodyYet(this ILogger logger);

    [LoggerMessage(1601, LogLevel.Warning, "People and keys cannot be read, the last that were read hold: {Fault}")]
    public static partial void BookAway(this ILogger logger, string fault);

    [LoggerMessage(1602, LogLevel.Warning, "HTTP is reachable from other machines at {Url} without TLS: keys and passwords can be read on the way. Name a certificate (Tls:CertificateFile) and use the port of HTTPS")]
    public static partial void PlainHttp(this ILogger logger, string url);

    [LoggerMessage(1603, LogLevel.Error, "An entry of the audit log could not be kept: {Who} {Action}: {Fault}")]
    public static partial void NotOnRecord(this ILogger logger, string who, string action, string fault);

    [LoggerMessage(1604, LogLevel.Warning, "Sign-in of {Name} is locked from {Address}: too many wrong passwords; from elsewhere it is not")]
    public static partial void LockedOut(this ILogger logger, string name, string address);

    [LoggerMessage(1605, LogLevel.Warning, "Sign-in by the OpenID Connect provider failed: {Fault}")]
    public static partial void ProviderFailed(this ILogger logger, string fault);
}
