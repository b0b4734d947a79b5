using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>The embedded MQTT broker's listener.</summary>
internal sealed class MqttOptions
{
    public const string Section = "Mqtt";

    /// <summary>The IP address to listen on.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 1883;

    /// <summary>The IP address of MQTT over TLS, where it is another than <see cref="Address"/>: other machines come by TLS, the plain port stays on loopback.</summary>
    public string? TlsAddress { get; set; }

    /// <summary>The port of MQTT over TLS; there is one when <see cref="TlsOptions"/> name a certificate. 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int TlsPort { get; set; } = 8883;

    /// <summary>
    /// PEM files, with commas between them, of the authorities whose certificates let devices in by TLS, their roots among
    /// them; read again when they change. Without it certificates let in by their thumbprints alone.
    /// </summary>
    public string ClientCa { get; set; } = "";

    /// <summary>A packet that announces more is refused before anything is buffered, and its connection closed.</summary>
    [Range(1024, 256 << 20)]
    public int MaxPacketBytes { get; set; } = 262_144;

    /// <summary>A CONNECT is at most so long: whoever sends it is still a stranger.</summary>
    public const int MaxConnectBytes = 65_536;

    /// <summary>So many messages of one connection may wait for their acknowledgement; then it is not read until some have theirs, and TCP tells its sender to wait.</summary>
    [Range(1, 65_535)]
    public int MaxInFlight { get; set; } = 10_000;

    /// <summary>The same in bytes. A connection with nothing unacknowledged may always send its largest packet.</summary>
    [Range(1024, 1 << 30)]
    public int MaxUnacknowledgedBytes { get; set; } = 4 << 20;

    /// <summary>
    /// The same for all connections together: past it, one is read only when everything of its own is acknowledged, so that
    /// those who flood wait and the others are served.
    /// </summary>
    [Range(1024, 1L << 40)]
    public long MaxUnacknowledgedBytesInAll { get; set; } = 64 << 20;

    /// <summary>A connection whose client takes nothing of what it is sent for so long is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that has not finished its TLS handshake, or sent its CONNECT, by then is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The address and port to listen on, or null where they are none.</summary>
    public IPEndPoint? FindEndpoint() => FindAddress() is { } address && Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort ? new IPEndPoint(address, Port) : null;

    /// <summary>The IP address to listen on by TLS, or null where it is none.</summary>
    public IPAddress? FindTlsAddress() => string.IsNullOrEmpty(TlsAddress) ? FindAddress() : IPAddress.TryParse(TlsAddress, out IPAddress? address) ? address : null;

    /// <summary>The IP address of <see cref="Address"/>, or null where it is none.</summary>
    public IPAddress? FindAddress() => IPAddress.TryParse(Address, out IPAddress? address) ? address : null;
}

[OptionsValidator]
internal sealed partial class MqttOptionsValidator : IValidateOptions<MqttOptions>;
