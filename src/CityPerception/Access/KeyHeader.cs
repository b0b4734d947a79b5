using System.Text;

namespace CityPerception.Access;

/// <summary>
/// The key in an <c>Authorization</c> header: <c>Bearer KEY</c>. Agents of InfluxDB say <c>Token KEY</c> (2.x and 3.x),
/// <c>Basic</c> with the key as the password and any name (1.x), or <c>Token NAME:KEY</c> (2.x speaking with 1.x); those
/// are understood where InfluxDB's paths are.
/// </summary>
internal static class KeyHeader
{
    private const string Bearer = "Bearer ", Token = "Token ", Basic = "Basic ";

    /// <summary>The key; null if the header holds none in a form that is understood here.</summary>
    public static string? Find(string header, bool asInflux)
    {
        if (After(header, Bearer) is { } bearer) return bearer;
        if (!asInflux) return null;
        if (After(header, Token) is { } token) return AfterName(token);
        return After(header, Basic) is { } basic && TryDecode(basic) is { } login && login.Contains(':', StringComparison.Ordinal) ? AfterName(login) : null;
    }

    private static string? After(string header, string scheme) => header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;

    // A key has no colon.
    private static string AfterName(string text) => text[(text.LastIndexOf(':') + 1)..];

    private static string? TryDecode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}

/// <summary>An endpoint as InfluxDB has it, which takes keys in InfluxDB's forms too.</summary>
internal sealed class InfluxCredentials
{
    public static InfluxCredentials Taken { get; } = new();
}
