using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CityPerception.Hosting;

/// <summary>The text of a certificate's PEM files.</summary>
internal sealed record CertificateText(string Certificate, string Key);

/// <summary>Reads a certificate, its chain and its key from PEM files; what is wrong with them is said by setting and file.</summary>
internal static class CertificateFiles
{
    /// <summary>Reads both files. Null with a fault if they cannot be used.</summary>
    public static SslStreamCertificateContext? Read(TlsOptions options, out string? fault) =>
        TryReadText(options, out CertificateText? text, out fault) ? Parse(options, text, out fault) : null;

    public static bool TryReadText(TlsOptions options, [NotNullWhen(true)] out CertificateText? text, out string? fault)
    {
        text = null;
        if (ReadFile("Tls:CertificateFile", options.CertificateFile!, out fault) is not { } certificate || ReadFile("Tls:KeyFile", options.KeyFile!, out fault) is not { } key) return false;
        text = new CertificateText(certificate, key);
        return true;
    }

    public static SslStreamCertificateContext? Parse(TlsOptions options, CertificateText text, out string? fault)
    {
        fault = null;
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text.Certificate);
        }
        catch (CryptographicException)
        {
            all.Clear();
        }

        if (all.Count == 0)
        {
            fault = $"Tls:CertificateFile: '{options.CertificateFile}' holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).";
            return null;
        }

        if (text.Key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            fault = $"Tls:KeyFile: the key in '{options.KeyFile}' is protected by a password; give one without, in a file that only this user can read.";
            return null;
        }

        try
        {
            using X509Certificate2 withKey = X509Certificate2.CreateFromPem(text.Certificate, text.Key);
            // Windows takes only keys that it has imported itself.
            X509Certificate2 own = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
            return SslStreamCertificateContext.Create(own, all, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            fault = $"Tls:KeyFile: '{options.KeyFile}' is not the private key, in PEM form, of the first certificate in '{options.CertificateFile}'.";
            return null;
        }
    }

    private static string? ReadFile(string key, string file, out string? fault)
    {
        try
        {
            fault = null;
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{key}: '{file}' cannot be read: {e.Message}";
            return null;
        }
    }
}
