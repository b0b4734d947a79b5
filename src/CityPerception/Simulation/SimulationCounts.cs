using System.Collections.Immutable;

namespace CityPerception.Simulation;

/// <summary>What the simulated city has sent so far, and what became of it. A message is counted once a column.</summary>
public sealed record SimulationCounts
{
    /// <summary>Messages handed to a connection, each once, however often it had to be repeated.</summary>
    public required long Sent { get; init; }

    /// <summary>PUBACK or HTTP 2xx came.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>PUBACK with an error, or HTTP 4xx: offering it again would not help.</summary>
    public required long Refused { get; init; }

    /// <summary>Repetitions, because the connection broke or the server was busy (HTTP 429 or 5xx).</summary>
    public required long Resent { get; init; }

    /// <summary>Elements that HTTP answers name as rejected, in messages that were acknowledged.</summary>
    public required long ElementsRejected { get; init; }

    /// <summary>Telemetry overwritten in the devices' memory while the server was away for long. Never sent.</summary>
    public required long Forgotten { get; init; }

    /// <summary>Sent, by source.</summary>
    public required ImmutableSortedDictionary<string, long> BySource { get; init; }

    /// <summary>Sent with a fault, by fault. Both copies of a duplicate count as sent; the second as the fault.</summary>
    public required ImmutableSortedDictionary<SimulationFault, long> Faults { get; init; }

    /// <summary>What the last refusal said; null if there was none.</summary>
    public required string? LastRefusal { get; init; }

    /// <summary>Sent, and the answer is still out.</summary>
    public long Waiting => Sent - Acknowledged - Refused;
}

/// <summary>Where the connections count. The path is not hot, and a lock keeps the columns of a snapshot consistent.</summary>
internal sealed class SimulationCounters
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _bySource = new(StringComparer.Ordinal);
    private readonly SortedDictionary<SimulationFault, long> _faults = [];
    private long _sent, _acknowledged, _refused, _resent, _elementsRejected, _forgotten;
    private string? _lastRefusal;

    public void Sent(Outgoing message)
    {
        lock (_lock)
        {
            _sent++;
            _bySource[message.Source] = _bySource.GetValueOrDefault(message.Source) + 1;
            if (message.Fault is not SimulationFault.None)
                _faults[message.Fault] = _faults.GetValueOrDefault(message.Fault) + 1;
        }
    }

    public void Acknowledged(long elementsRejected = 0)
    {
        lock (_lock)
        {
            _acknowledged++;
            _elementsRejected += elementsRejected;
        }
    }

    public void Refused(string why)
    {
        lock (_lock)
        {
            _refused++;
            _lastRefusal = why;
        }
    }

    public void Resent()
    {
        lock (_lock) _resent++;
    }

    public void Forgotten()
    {
        lock (_lock) _forgotten++;
    }

    public SimulationCounts Snapshot()
    {
        lock (_lock)
        {
            return new SimulationCounts
            {
                Sent = _sent,
                Acknowledged = _acknowledged,
                Refused = _refused,
                Resent = _resent,
                ElementsRejected = _elementsRejected,
                Forgotten = _forgotten,
                BySource = _bySource.ToImmutableSortedDictionary(StringComparer.Ordinal),
                Faults = _faults.ToImmutableSortedDictionary(),
                LastRefusal = _lastRefusal,
            };
        }
    }
}
