using MQTTnet.Formatter;

namespace CityPerception.Simulation.Load;

/// <summary>What a load client sends, where to, how fast and how long. The command line has checked the ranges.</summary>
internal sealed record LoadOptions
{
    /// <summary>The connections are dealt out to them in turn.</summary>
    public required IReadOnlyList<LoadTarget> Targets { get; init; }

    /// <summary>Each belongs to one connection; at least as many as there are <see cref="Connections"/>.</summary>
    public required int Devices { get; init; }

    public required int Connections { get; init; }

    /// <summary>Messages a second, all connections together; 0 for as many as the windows let through.</summary>
    public double Rate { get; init; }

    /// <summary>Unacknowledged messages an MQTT connection may have: 1 to 65,535, or less where the server says so.</summary>
    public int Window { get; init; } = 1000;

    public int Qos { get; init; } = 1;

    public MqttProtocolVersion Protocol { get; init; } = MqttProtocolVersion.V311;

    /// <summary>Lines of a request to <c>/write</c>.</summary>
    public int Batch { get; init; } = 1000;

    /// <summary>Every so many messages one has text for a number, so that it becomes a dead letter; 0 for none. Lines have none.</summary>
    public int BadEvery { get; init; }

    /// <summary>So many in all, and then no more; null for no such end.</summary>
    public long? Messages { get; init; }

    /// <summary>No more are sent after it; null for no such end.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Where to write down what was sent and acknowledged; null for nowhere.</summary>
    public string? LedgerFile { get; init; }

    /// <summary>The user name of every MQTT connection; null for none.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Bearer token for HTTP; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>The part of <see cref="Messages"/> that a connection sends.</summary>
    public long QuotaOf(int connection) =>
        Messages is { } all ? all / Connections + (connection < all % Connections ? 1 : 0) : long.MaxValue;
}
