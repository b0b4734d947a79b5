using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CityPerception.TestKit;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Azure;

/// <summary>A server that has keys of devices, and as many devices as tests need, each with a module.</summary>
public sealed class AzureServer : CityServer
{
    public const string Host = "cityperception.local", Module = "noise";

    private readonly TempFolder _folder = new();
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private int _devices;

    public AzureServer() => File.WriteAllLines(
        KeyFile, ["# device,key", .. Enumerable.Range(1, 60).Select(Name).SelectMany(d => (string[])[$"{d},{Key(d)}", $"{d}/{Module},{Key($"{d}/{Module}")}"])]);

    // Long enough that a slow machine does not connect after it.
    protected override (string Key, string Value)[] Settings => [("Mqtt:Azure:KeyFile", KeyFile), ("Mqtt:Azure:ClockSkew", "00:00:10")];

    private string KeyFile => _folder.File("keys.csv");

    /// <summary>A device that no other test has.</summary>
    public string NewDevice() => Name(Interlocked.Increment(ref _devices));

    public static string User(string name) => $"{Host}/{name}/?api-version=2021-04-12";

    public static long In(TimeSpan span) => (TimeProvider.System.GetUtcNow() + span).ToUnixTimeSeconds();

    /// <summary>A token as a device's SDK makes it, an hour long unless said otherwise.</summary>
    /// <param name="name">The device, or device/module.</param>
    /// <param name="end">In seconds since 1970.</param>
    /// <param name="keyOf">Whose key signs it.</param>
    public static string Token(string name, long? end = null, string? keyOf = null) => Token(name, Convert.FromBase64String(Key(keyOf ?? name)), end);

    /// <summary>A token that a key signs.</summary>
    public static string Token(string name, byte[] key, long? end = null)
    {
        string resource = Uri.EscapeDataString($"{Host}/devices/{name.Replace("/", "/modules/", StringComparison.Ordinal)}");
        string expiry = (end ?? In(TimeSpan.FromHours(1))).ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
    }

    internal Task<MqttPeer> ConnectAsync(string name, string? user = null, MqttProtocolVersion version = MqttProtocolVersion.V311, string? token = null) =>
        MqttPeer.ConnectAsync(this, version, o => o.WithClientId(name).WithCredentials(user ?? User(name), token ?? Token(name)));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"GW-{_run}-{number}");

    private static string Key(string name) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
