using System.Globalization;
using System.Threading.Channels;

namespace CityPerception.Simulation;

/// <summary>Who a connection says it is.</summary>
/// <param name="Client">What tells its client identifier from others'.</param>
/// <param name="User">The user name; null for none.</param>
/// <param name="Password">The password.</param>
internal readonly record struct MqttLogin(string Client, string? User, string? Password);

/// <summary>The queues of the city's MQTT connections: of some that all devices share or, where they have passwords, of one for each.</summary>
internal sealed class MqttLines
{
    private readonly Channel<Outgoing>[] _shared;
    private readonly Dictionary<string, Channel<Outgoing>> _own = new(StringComparer.Ordinal);

    /// <param name="options">How many connections, or the passwords.</param>
    /// <param name="publishers">The names under which the city publishes.</param>
    /// <param name="create">Makes a queue.</param>
    public MqttLines(SimulationOptions options, IReadOnlyList<string> publishers, Func<Channel<Outgoing>> create)
    {
        _shared = [];
        if (options.MqttHost is null) return;
        if (options.DevicePasswords is not { } passwords)
        {
            _shared = [.. Enumerable.Range(0, options.Connections).Select(_ => create())];
            All = [.. _shared.Select((queue, i) => (new MqttLogin(i.ToString(CultureInfo.InvariantCulture), options.User, options.Password), queue))];
            return;
        }

        foreach (string device in publishers.Where(passwords.ContainsKey)) _own[device] = create();
        All = [.. _own.Select(o => (new MqttLogin(o.Key, o.Key, passwords[o.Key]), o.Value))];
        Silent = publishers.Count - _own.Count;
    }

    /// <summary>A connection is made for each.</summary>
    public IReadOnlyList<(MqttLogin Login, Channel<Outgoing> Queue)> All { get; } = [];

    /// <summary>So many devices have no password, and send nothing.</summary>
    public int Silent { get; }

    /// <summary>The queue of a message, always the same for a sender; null where it has no password.</summary>
    public Channel<Outgoing>? Find(Outgoing message) =>
        _shared.Length > 0 ? _shared[Seeds.Index(message.Sender, _shared.Length)] : _own.GetValueOrDefault(message.Publisher!);
}
