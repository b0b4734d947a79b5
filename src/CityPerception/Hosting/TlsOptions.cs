using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// The server's certificate. With one, MQTT is also spoken over TLS (<see cref="MqttOptions.TlsPort"/>), HTTP over TLS
/// (<see cref="HttpOptions.TlsPort"/>, with MQTT over WebSocket in it), and HJ 212 where it is enabled; TLS 1.2 and 1.3.
/// </summary>
internal sealed class TlsOptions
{
    public const string Section = "Tls";

    /// <summary>A PEM file: the server's certificate, then those between it and the root. Read again when it changes.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file: the certificate's private key, without a password. Read again when it changes.</summary>
    public string? KeyFile { get; set; }

    public bool IsGiven => !string.IsNullOrEmpty(CertificateFile) && !string.IsNullOrEmpty(KeyFile);
}

/// <summary>A certificate that cannot be used stops the start, and says which file it is.</summary>
internal sealed class TlsOptionsValidator : IValidateOptions<TlsOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        if (options.IsGiven) return CertificateFiles.Read(options, out string? fault) is null ? ValidateOptionsResult.Fail(fault!) : ValidateOptionsResult.Success;
        if (string.IsNullOrEmpty(options.CertificateFile) && string.IsNullOrEmpty(options.KeyFile)) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(string.IsNullOrEmpty(options.KeyFile)
            ? "Tls:KeyFile is missing: a certificate (Tls:CertificateFile) needs its private key, a PEM file."
            : "Tls:CertificateFile is missing: a key (Tls:KeyFile) needs its certificate, a PEM file.");
    }
}
