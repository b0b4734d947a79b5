namespace CityPerception.Simulation;

/// <summary>What real cities send beside clean data.</summary>
public enum SimulationFault
{
    None,

    /// <summary>An analyser that stopped sends −999 for its value.</summary>
    DeadAnalyser,

    /// <summary>A device without time since it started: its clock counts from 1970.</summary>
    StuckClock,

    /// <summary>The same message twice, as after a lost acknowledgement.</summary>
    Duplicate,

    /// <summary>Buffered, and sent two days after it was measured or written.</summary>
    LateTwoDays,

    /// <summary>A category that no list has.</summary>
    UnknownCategory,

    /// <summary>The end of the message is missing.</summary>
    TruncatedJson,

    /// <summary>A number in quotes. Harmless: the mapping reads it.</summary>
    NumberAsText,

    /// <summary>"NaN" where a number should be.</summary>
    NotANumber,
}

/// <summary>Which faults a kind of message can have.</summary>
internal enum FaultScope
{
    /// <summary>Telemetry in JSON: everything but a category.</summary>
    Telemetry,

    /// <summary>Records that people and offices write, in JSON: what concerns the message and its category.</summary>
    Record,

    /// <summary>SenML: as telemetry, but small times are relative there, and a number in quotes is not SenML.</summary>
    Senml,

    /// <summary>Other formats: what concerns the message as a whole.</summary>
    Plain,
}

/// <summary>Draws the fault of a message, by the shares of the options.</summary>
internal sealed class FaultPlan
{
    private readonly Random _random;
    private readonly (SimulationFault Fault, double UpTo)[][] _steps;

    public FaultPlan(IReadOnlyDictionary<SimulationFault, double> shares, int seed)
    {
        _random = Seeds.RandomFor(seed, "faults");
        _steps = [.. Enum.GetValues<FaultScope>().Select(scope => Steps(shares, scope))];
    }

    public SimulationFault Draw(FaultScope scope)
    {
        double drawn = _random.NextDouble();
        foreach ((SimulationFault fault, double upTo) in _steps[(int)scope])
            if (drawn < upTo) return fault;
        return SimulationFault.None;
    }

    public static bool IsPossible(SimulationFault fault, FaultScope scope) => fault switch
    {
        SimulationFault.None => false,
        SimulationFault.Duplicate or SimulationFault.LateTwoDays => true,
        SimulationFault.TruncatedJson => scope is not FaultScope.Plain,
        SimulationFault.UnknownCategory => scope is FaultScope.Record,
        SimulationFault.DeadAnalyser or SimulationFault.NotANumber => scope is FaultScope.Telemetry or FaultScope.Senml,
        _ => scope is FaultScope.Telemetry,
    };

    private static (SimulationFault, double)[] Steps(IReadOnlyDictionary<SimulationFault, double> shares, FaultScope scope)
    {
        double upTo = 0;
        // Ordered: a dictionary's order is nobody's promise, and the same seed must draw the same faults.
        return [.. shares.Where(s => IsPossible(s.Key, scope)).OrderBy(s => s.Key).Select(s => (s.Key, upTo += s.Value))];
    }
}
