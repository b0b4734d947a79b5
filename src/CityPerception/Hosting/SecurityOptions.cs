using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>Who may come in.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";

    /// <summary>Ask MQTT clients for the credentials of a device, take HJ 212 frames of devices in the registry alone, and ask HTTP for a person's or a key's, on loopback too; then all may listen beyond loopback.</summary>
    public bool Required { get; set; }

    /// <summary>So many wrong credentials for a device or a person from an address, one after the other, lock the two out.</summary>
    [Range(1, 1000)]
    public int FailuresBeforeLockout { get; set; } = 10;

    /// <summary>For so long; each failure after that doubles it, up to 64 times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Lockout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A client that is refused is told so long after it asked, whatever the reason, so that the time says nothing of which devices there are.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan RefuseAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>So many messages a second of a device by MQTT; its connections are not read past it, and nothing is lost. 0: no limit. A gateway's are one device's.</summary>
    [Range(0, 1_000_000)]
    public int DeviceRate { get; set; }

    /// <summary>So many messages at once of a device that has sent less before; 0: as many as in a second.</summary>
    [Range(0, 1_000_000)]
    public int DeviceBurst { get; set; }
}

[OptionsValidator]
internal sealed partial class SecurityOptionsValidator : IValidateOptions<SecurityOptions>;
