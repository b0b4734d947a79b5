using System.ComponentModel.DataAnnotations;
using CityPerception.Hosting;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>A broker of somebody else's (mosquitto, EMQX, HiveMQ) from which messages are taken. In the section of the embedded one, whose limits of packets and messages under way count here too.</summary>
internal sealed class ExternalBrokerOptions
{
    public const string Section = MqttOptions.Section;

    /// <summary><c>mqtt://[user@]host:port</c> or, with TLS, <c>mqtts://…</c>. None without it.</summary>
    public string? Broker { get; set; }

    /// <summary>The user; counts before one in the address.</summary>
    public string? User { get; set; }

    /// <summary>The user's password; best by the environment, <c>CITYPERCEPTION_Mqtt__Password</c>.</summary>
    public string? Password { get; set; }

    /// <summary>A PEM file with the authorities that the broker's certificate may come from, instead of the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>
    /// What the broker knows us by; each connection adds its number. It stands for the session, so it must stay the same
    /// and be no other worker's. Without it one is made up at the first start and kept in the data directory.
    /// </summary>
    public string? ClientId { get; set; }

    /// <summary>
    /// The group that shares the messages: workers of one group get each message once together (MQTT 5). Without it a worker
    /// gets all, by subscriptions that every broker keeps across its own restart; mosquitto 2.0 forgets shared ones.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>So many connections: each has its part of the topics or, in a group, its share of the messages.</summary>
    [Range(1, 64)]
    public int Connections { get; set; } = 4;

    /// <summary>So long the broker keeps our session, and what it has queued for us, while we are away (MQTT 5; before that the broker decides).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>After so long without a packet of ours the broker gets a ping; one that does not answer it within half of that is taken for lost.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "18:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The broker's address, or null where none is set.</summary>
    public BrokerAddress? FindAddress() => !string.IsNullOrEmpty(Broker) && BrokerAddress.TryParse(Broker, out BrokerAddress? address) ? address : null;

    /// <summary>Whether there is a broker to take from.</summary>
    public bool IsSet => !string.IsNullOrEmpty(Broker);
}

[OptionsValidator]
internal sealed partial class ExternalBrokerOptionsValidator : IValidateOptions<ExternalBrokerOptions>;

/// <summary>What the attributes cannot say.</summary>
internal sealed class ExternalBrokerRules : IValidateOptions<ExternalBrokerOptions>
{
    // Brokers have limits of their own far below MQTT's 65,535 bytes.
    private const int MaxClientIdLength = 200;

    public ValidateOptionsResult Validate(string? name, ExternalBrokerOptions options)
    {
        string[] faults = [.. Faults(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ExternalBrokerOptions options)
    {
        // The value is not shown: it may hold a password.
        if (options.IsSet && options.FindAddress() is null)
            yield return "Mqtt:Broker must be an address such as mqtt://broker.example:1883 or mqtts://user@broker.example:8883: no path, no query; the password goes into Mqtt:Password.";
        if (options.Group.AsSpan().IndexOfAny("/+#\0") >= 0) yield return $"Mqtt:Group is '{options.Group}'; allowed: a name without / + # (MQTT 5.0, 4.8.2).";
        if (options.ClientId is { Length: > MaxClientIdLength }) yield return $"Mqtt:ClientId is longer than {MaxClientIdLength} characters.";
        if (string.IsNullOrEmpty(options.CaFile)) yield break;
        if (options.FindAddress() is { IsTls: false }) yield return "Mqtt:CaFile is set, but Mqtt:Broker begins with mqtt:// and would be spoken to without TLS; write mqtts://.";
        if (TrustedAuthorities.FaultOf(options.CaFile) is { } fault) yield return $"Mqtt:CaFile: {fault}";
    }
}
