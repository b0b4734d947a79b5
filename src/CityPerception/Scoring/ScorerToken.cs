using System.Buffers;
using CityPerception.Hosting;

namespace CityPerception.Scoring;

/// <summary>The bearer token as its file has it now; a file that cannot be used leaves the token from before in place.</summary>
/// <param name="file">The file; null or empty for none.</param>
/// <param name="clock">The time.</param>
/// <param name="kept">Is told why the token from before stays.</param>
internal sealed class ScorerToken(string? file, TimeProvider clock, Action<string> kept)
{
    // RFC 6750, 2.1: b64token.
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    private readonly Reread<DateTime, string> _token = new(
        (out written, out fault) =>
        {
            (written, fault) = (File.GetLastWriteTimeUtc(file!), null);
            return true;
        },
        (_, out fault) => Read(file!, out fault),
        kept,
        clock);

    /// <summary>The token; null for none.</summary>
    public string? Current => string.IsNullOrEmpty(file) ? null : _token.Current();

    /// <summary>Reads a file; null with what is wrong.</summary>
    public static string? Read(string file, out string? fault)
    {
        if (SecretFile.Read(file, out fault) is not { } token) return null;
        if (!token.AsSpan().ContainsAnyExcept(Allowed)) return token;
        fault = $"{file} holds other signs than a bearer token may have (RFC 6750, 2.1): letters, digits and -._~+/=. 令牌含有不允许的字符。";
        return null;
    }
}
