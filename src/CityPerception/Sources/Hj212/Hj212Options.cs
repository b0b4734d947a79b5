using System.ComponentModel.DataAnnotations;
using System.Net;
using CityPerception.Hosting;
using CityPerception.Sources.Keys;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>The listener for loggers that speak HJ 212 over TCP.</summary>
internal sealed class Hj212Options
{
    public const string Section = "Hj212";

    /// <summary>Whether it listens.</summary>
    public bool Enabled { get; set; }

    /// <summary>The IP address to listen on.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 9212;

    /// <summary>The port of HJ 212 in TLS, at the same address; there is one when <see cref="TlsOptions"/> name a certificate. 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int TlsPort { get; set; } = 9213;

    /// <summary>The file of SM4 keys (<see cref="DeviceKeys"/>, lines of <see cref="Hj212Keys.Form"/>), read again when it changes. Without it what devices encrypt (2025) is kept as dead letters.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The IP addresses and networks (10.1.0.0/16) that may connect, with commas between them. Empty: all may.</summary>
    public string AllowedAddresses { get; set; } = "";

    /// <summary>
    /// Those of forwarders: each of their connections brings the frames of many devices. With Security:Required any other
    /// connection is the first device's that it shows to be, and of the devices behind that one (MN/MN in the registry).
    /// </summary>
    public string Forwarders { get; set; } = "";

    /// <summary>With Security:Required: whether PW has to be the device's (device add --frame-password).</summary>
    public bool CheckPassword { get; set; }

    /// <summary>So many connections at a time; a further one is closed at once.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 5_000;

    /// <summary>Bytes without the end of a frame among them are given up after so many. The standard allows 1,024 of data, loggers send more.</summary>
    [Range(1024, 65_536)]
    public int MaxFrameBytes { get; set; } = 65_536;

    /// <summary>Takes frames with a wrong CRC or length from every device, counts them and flags their data.</summary>
    public bool Lenient { get; set; }

    /// <summary>The same for these devices alone: their MNs, with commas between them.</summary>
    public string LenientDevices { get; set; } = "";

    /// <summary>A connection that brings nothing for so long is closed. The longest interval of real-time data is an hour (HJ 212-2017, table 4).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(70);

    /// <summary>A frame that has not ended so long after it began closes its connection.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan FrameTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A device waits so long for its answer and sends again (HJ 212-2017, table 1); a later answer would be for nobody.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The address and port to listen on, or null where they are none.</summary>
    public IPEndPoint? FindEndpoint() => FindAddress() is { } address && Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort ? new IPEndPoint(address, Port) : null;

    /// <summary>The IP address of <see cref="Address"/>, or null where it is none.</summary>
    public IPAddress? FindAddress() => IPAddress.TryParse(Address, out IPAddress? address) ? address : null;
}

[OptionsValidator]
internal sealed partial class Hj212OptionsValidator : IValidateOptions<Hj212Options>;

/// <summary>Keys that cannot be read stop the start.</summary>
internal sealed class Hj212KeyFileRule : IValidateOptions<Hj212Options>
{
    public ValidateOptionsResult Validate(string? name, Hj212Options options) =>
        string.IsNullOrEmpty(options.KeyFile) || DeviceKeys.Read(options.KeyFile, Hj212Keys.Form, out string? fault) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{Hj212Options.Section}:{nameof(Hj212Options.KeyFile)}: {fault}");
}
