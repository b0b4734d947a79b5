using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>
/// A shared access signature: <c>SharedAccessSignature sr={resource}&amp;sig={signature}&amp;se={seconds since 1970}</c>. The
/// signature is the base64 of HMAC-SHA256(key, sr + "\n" + se), with sr encoded as it stands in the token.
/// </summary>
internal sealed class SasToken
{
    private const string Scheme = "SharedAccessSignature ";

    private readonly string _signed;
    private readonly byte[] _signature;

    private SasToken(string resource, string signed, byte[] signature, long expiry) => (Resource, _signed, _signature, Expiry) = (resource, signed, signature, expiry);

    /// <summary>What the token is for, decoded: <c>{host}/devices/{device}[/modules/{module}]</c>.</summary>
    public string Resource { get; }

    /// <summary>Its end, in seconds since 1970.</summary>
    public long Expiry { get; }

    /// <summary>Reads a token. What is wrong with it is said without a part of it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SasToken? token, out string fault)
    {
        token = null;
        fault = "the password is no SharedAccessSignature";
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;

        string? resource = null, signature = null, expiry = null;
        foreach (string part in text[Scheme.Length..].Split('&'))
        {
            if (part.StartsWith("sr=", StringComparison.Ordinal)) resource = part[3..];
            else if (part.StartsWith("sig=", StringComparison.Ordinal)) signature = part[4..];
            else if (part.StartsWith("se=", StringComparison.Ordinal)) expiry = part[3..];
        }

        fault = "the token lacks sr, sig or se";
        if (resource is null || signature is null || expiry is null) return false;
        fault = "the token's se is no number of seconds";
        if (!long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)) return false;
        fault = "the token's sig is no percent-encoded base64 of 32 bytes";
        byte[] bytes = new byte[SHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(Uri.UnescapeDataString(signature), bytes, out int length) || length != bytes.Length) return false;

        token = new SasToken(Uri.UnescapeDataString(resource), $"{resource}\n{expiry}", bytes, seconds);
        return true;
    }

    /// <summary>Whether the key made the signature. Takes as long whatever is wrong.</summary>
    public bool IsSignedWith(ReadOnlySpan<byte> key) =>
        CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(_signed)), _signature);
}
