using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>The certificates in a PEM file.</summary>
internal static class TrustedAuthorities
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="CryptographicException">It holds something else.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities;
    }

    /// <summary>What is wrong with the file, or null.</summary>
    public static string? FaultOf(string path)
    {
        try
        {
            return Read(path).Count > 0 ? null : $"'{path}' holds no certificate; needed is a PEM file with BEGIN CERTIFICATE.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"'{path}' cannot be read: {e.Message}";
        }
    }
}
