using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Simulation.Load;

/// <summary>How a target takes messages. The names are in ledgers.</summary>
internal enum LoadTargetKind
{
    /// <summary>A PUBLISH each, over TCP, TLS or WebSocket.</summary>
    Mqtt,

    /// <summary><c>POST /ingest/air-station</c>, a message a request.</summary>
    Ingest,

    /// <summary><c>POST /write</c> or <c>/api/v2/write</c>, many lines a request.</summary>
    Lines,
}

/// <summary>Where a load goes.</summary>
/// <param name="Url">With the whole path to send to.</param>
internal sealed record LoadTarget(LoadTargetKind Kind, Uri Url)
{
    public const string Allowed = "mqtt://HOST[:1883], mqtts://HOST[:8883], ws://HOST/mqtt, wss://HOST/mqtt, http(s)://HOST for /ingest, http(s)://HOST/write or /api/v2/write for lines; without user and password";

    /// <summary>Reads an address; false if it is none of <see cref="Allowed"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LoadTarget? target)
    {
        target = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || url.UserInfo.Length > 0) return false;
        target = (url.Scheme, url.AbsolutePath.TrimEnd('/')) switch
        {
            ("mqtt" or "mqtts", "") => new LoadTarget(LoadTargetKind.Mqtt, url),
            ("ws" or "wss", _) => new LoadTarget(LoadTargetKind.Mqtt, url),
            ("http" or "https", "" or "/ingest") => new LoadTarget(LoadTargetKind.Ingest, new Uri(url, "/ingest/" + AirMessages.Source)),
            ("http" or "https", "/write" or "/api/v2/write") => new LoadTarget(LoadTargetKind.Lines, url),
            _ => null,
        };
        return target is not null;
    }
}
