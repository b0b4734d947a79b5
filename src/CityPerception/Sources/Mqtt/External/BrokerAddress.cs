using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>Where a broker is, from <c>mqtt://[user[:password]@]host[:port]</c> or <c>mqtts://…</c>. As text it is without the credentials.</summary>
internal sealed class BrokerAddress
{
    private const int PlainPort = 1883, TlsPort = 8883; // as registered with IANA

    private BrokerAddress(Uri uri)
    {
        IsTls = uri.Scheme == "mqtts";
        Host = uri.IdnHost;
        Port = uri.Port > 0 ? uri.Port : IsTls ? TlsPort : PlainPort;
        string[] credentials = uri.UserInfo.Split(':', 2);
        User = credentials[0].Length > 0 ? Uri.UnescapeDataString(credentials[0]) : null;
        Password = credentials.Length > 1 ? Uri.UnescapeDataString(credentials[1]) : null;
        Name = $"{uri.Scheme}://{(uri.HostNameType == UriHostNameType.IPv6 ? $"[{Host}]" : Host)}:{Port}";
    }

    public string Host { get; }

    public int Port { get; }

    public bool IsTls { get; }

    public string? User { get; }

    public string? Password { get; }

    /// <summary>For logs and screens: without the credentials.</summary>
    public string Name { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0 || uri.PathAndQuery is not ("" or "/") || uri.Fragment.Length > 0) return false;
        address = new BrokerAddress(uri);
        return true;
    }

    public override string ToString() => Name;
}
