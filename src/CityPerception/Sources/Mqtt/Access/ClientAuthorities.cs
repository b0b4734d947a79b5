using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Hosting;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>Certificates of authorities, read from PEM files.</summary>
/// <param name="Roots">Signed by themselves: trusted.</param>
/// <param name="Between">The others: they help to find the way to a root.</param>
internal sealed record AuthorityCertificates(X509Certificate2Collection Roots, X509Certificate2Collection Between)
{
    public static AuthorityCertificates None { get; } = new([], []);

    /// <summary>Reads the texts of files. Null with what is wrong.</summary>
    public static AuthorityCertificates? Read(string pem, out string? fault)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            fault = $"{ClientAuthorities.Setting}: a certificate that cannot be read: {e.Message}";
            return null;
        }

        ILookup<bool, X509Certificate2> byRoot = all.ToLookup(c => c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData));
        fault = byRoot[true].Any() ? null : $"{ClientAuthorities.Setting}: no root certificate (one signed by itself) in PEM form (-----BEGIN CERTIFICATE-----).";
        return fault is null ? new AuthorityCertificates([.. byRoot[true]], [.. byRoot[false]]) : null;
    }
}

/// <summary>The authorities that devices' certificates may be signed by, as their files are now. A change that cannot be used leaves the old ones, and is logged.</summary>
internal sealed class ClientAuthorities(IOptions<MqttOptions> options, TimeProvider clock, ILogger<ClientAuthorities> logger)
{
    public const string Setting = "Mqtt:ClientCa";

    private readonly Reread<string, AuthorityCertificates> _files = new(
        (out pem, out fault) => TryReadText(options.Value, out pem, out fault),
        static (pem, out fault) => pem.Length == 0 ? Nothing(out fault) : AuthorityCertificates.Read(pem, out fault),
        logger.AuthoritiesNotTaken,
        clock);

    public AuthorityCertificates Current => _files.Current() ?? AuthorityCertificates.None;

    /// <summary>Reads the files; false with what is wrong.</summary>
    public static bool TryReadText(MqttOptions options, out string pem, out string? fault)
    {
        (pem, fault) = ("", null);
        string[] files = options.ClientCa.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        try
        {
            pem = string.Join('\n', files.Select(File.ReadAllText));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{Setting}: a file cannot be read: {e.Message}";
            return false;
        }
    }

    private static AuthorityCertificates Nothing(out string? fault)
    {
        fault = null;
        return AuthorityCertificates.None;
    }
}

/// <summary>Authorities that cannot be read stop the start.</summary>
internal sealed class ClientAuthoritiesRule : IValidateOptions<MqttOptions>
{
    public ValidateOptionsResult Validate(string? name, MqttOptions options)
    {
        if (!ClientAuthorities.TryReadText(options, out string pem, out string? fault)) return ValidateOptionsResult.Fail(fault!);
        return pem.Length == 0 || AuthorityCertificates.Read(pem, out fault) is not null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(fault!);
    }
}
