using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;

namespace CityPerception.Simulation;

/// <summary>Where the simulated city sends, how much, and what goes wrong in it.</summary>
public sealed class SimulationOptions
{
    /// <summary>The MQTT broker; null sends nothing over MQTT.</summary>
    public string? MqttHost { get; set; } = "127.0.0.1";

    [Range(1, 65535)]
    public int MqttPort { get; set; } = 1883;

    /// <summary>By TLS.</summary>
    public bool MqttTls { get; set; }

    /// <summary>Whose certificates are believed, by MQTT and HTTP; null for the system's authorities.</summary>
    public X509Certificate2Collection? Authorities { get; set; }

    /// <summary>The server whose <c>/ingest/{source}</c> takes what offices send; null sends nothing over HTTP.</summary>
    public Uri? HttpUrl { get; set; } = new("http://127.0.0.1:8080");

    /// <summary>User name for MQTT, and for HTTP where there is no <see cref="Token"/>.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>The passwords of devices, each of which then has an MQTT connection of its own; a device that is not among them sends nothing. Null where all share connections, of <see cref="User"/>.</summary>
    public IReadOnlyDictionary<string, string>? DevicePasswords { get; set; }

    /// <summary>Bearer token for HTTP. MQTT has none: it takes <see cref="User"/> and <see cref="Password"/>.</summary>
    public string? Token { get; set; }

    /// <summary>The devices: the lookup table that the sources of the server read as well, so that both agree.</summary>
    [Required]
    public string StationsFile { get; set; } = Path.Combine("ingest-configs", "lookups", "stations.csv");

    /// <summary>At most so many of them, of every kind its part.</summary>
    [Range(1, 1_000_000)]
    public int MaxDevices { get; set; } = 1_000_000;

    /// <summary>Messages a second by day, all senders together. At night people and offices send less.</summary>
    [Range(0.1, 1_000_000)]
    public double Rate { get; set; } = 150;

    /// <summary>
    /// How many times faster than life cases proceed: at 120 a case of two days closes after 24 minutes. Clocks and
    /// daily rhythms are not scaled: a lamp goes on at dusk.
    /// </summary>
    [Range(1, 100_000)]
    public double Speed { get; set; } = 120;

    /// <summary>The same seed and the same start give the same messages, byte for byte.</summary>
    public int Seed { get; set; } = 140400;

    /// <summary>MQTT connections that the devices share; a device keeps to one, so its messages stay in order.</summary>
    [Range(1, 64)]
    public int Connections { get; set; } = 4;

    /// <summary>
    /// What goes wrong: the share (0 to 1) of the messages that can have the fault. Empty for a city without faults.
    /// </summary>
    public Dictionary<SimulationFault, double> Faults { get; init; } = new()
    {
        [SimulationFault.DeadAnalyser] = 0.002,
        [SimulationFault.StuckClock] = 0.0003,
        [SimulationFault.Duplicate] = 0.004,
        [SimulationFault.LateTwoDays] = 0.001,
        [SimulationFault.UnknownCategory] = 0.002,
        [SimulationFault.TruncatedJson] = 0.0003,
        [SimulationFault.NumberAsText] = 0.002,
        [SimulationFault.NotANumber] = 0.0003,
    };

    /// <summary>Every so often (in real time) a noise meter runs over its limit, and a resident complains. Zero for never.</summary>
    public TimeSpan NoiseEpisodeEvery { get; set; } = TimeSpan.FromMinutes(2);
}
