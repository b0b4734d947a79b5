using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>
/// The user name by which a connection is one of the dialect: <c>{host}/{device}[/{module}]/?api-version=…</c>. Old devices
/// leave the question mark out; some leave out the slash before it.
/// </summary>
/// <param name="Host">The hub's name as the device knows it: ours, or still the hub's.</param>
/// <param name="Name">Who connects.</param>
internal sealed record AzureUserName(string Host, AzureName Name)
{
    private const string Version = "api-version=";

    public static bool TryParse(string? text, [NotNullWhen(true)] out AzureUserName? parsed)
    {
        parsed = null;
        int version = text?.IndexOf(Version, StringComparison.Ordinal) ?? -1;
        if (version <= 0) return false;
        // What the client adds before or behind the version (DeviceClientType=…) says nothing that is needed.
        int query = text!.IndexOf('?', StringComparison.Ordinal);
        string path = (query >= 0 && query < version ? text[..query] : text[..version]).TrimEnd('/');
        string[] levels = path.Split('/');
        if (levels.Length is not (2 or 3) || levels.Any(string.IsNullOrEmpty)) return false;
        parsed = new AzureUserName(levels[0], new AzureName(levels[1], levels.Length == 3 ? levels[2] : null));
        return true;
    }
}
