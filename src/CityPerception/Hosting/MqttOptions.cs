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

    /// <summary>A packet that announces more is refused before anything is buffered, and its connection closed.</summary>
    [Range(1024, 256 << 20)]
    public int MaxPacketBytes { get; set; } = 262_144;

    /// <summary>A CONNECT is at most so long: whoever sends it is still a stranger.</summary>
    public const int MaxConnectBytes = 65_536;

    /// <summary>So many messages of one connection may wait for their acknowledgement; then reading stops until some have theirs.</summary>
    [Range(1, 65_535)]
    public int MaxInFlight { get; set; } = 10_000;

    /// <summary>A connection that has not sent its CONNECT by then is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The IP address of <see cref="Address"/>, or null where it is none.</summary>
    public IPAddress? FindAddress() => IPAddress.TryParse(Address, out IPAddress? address) ? address : null;
}

[OptionsValidator]
internal sealed partial class MqttOptionsValidator : IValidateOptions<MqttOptions>;
