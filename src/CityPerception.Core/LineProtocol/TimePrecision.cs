using CityPerception.Core.Observations;

namespace CityPerception.Core.LineProtocol;

/// <summary>The unit of the times in a body of line protocol, which the body itself does not say.</summary>
public readonly record struct TimePrecision
{
    private readonly long _nsPerUnit;

    private TimePrecision(long nsPerUnit) => _nsPerUnit = nsPerUnit;

    /// <summary>What is allowed, for messages to people.</summary>
    public const string Names = "ns, us, ms, s (InfluxDB 2.x and 3.x); n, u, ms, s, m, h (1.x)";

    public static TimePrecision Nanoseconds { get; } = new(1);

    /// <summary>
    /// Reads the name that InfluxDB's write interfaces give a precision; none means nanoseconds. InfluxDB 1.x takes a
    /// name that it does not know for nanoseconds as well, and so stores seconds in 1970: here it is refused.
    /// </summary>
    public static bool TryParse(string? name, out TimePrecision precision)
    {
        precision = name switch
        {
            null or "" or "ns" or "n" => Nanoseconds,
            "us" or "u" => new(1_000),
            "ms" => new(ObservationTime.NsPerMillisecond),
            "s" => new(ObservationTime.NsPerSecond),
            "m" => new(60 * ObservationTime.NsPerSecond),
            "h" => new(3600 * ObservationTime.NsPerSecond),
            _ => default,
        };
        return precision != default;
    }

    /// <summary>The time in nanoseconds; false if that is not one that every InfluxDB takes.</summary>
    public bool TryToNs(long time, out long ns)
    {
        Int128 wide = (Int128)time * _nsPerUnit;
        bool fits = wide >= ObservationTime.MinNs && wide <= ObservationTime.MaxNs;
        ns = fits ? (long)wide : 0;
        return fits;
    }
}
