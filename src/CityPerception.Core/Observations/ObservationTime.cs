namespace CityPerception.Core.Observations;

/// <summary>Times of observations: nanoseconds since 1970-01-01T00:00:00Z, as line protocol has them.</summary>
public static class ObservationTime
{
    public const long NsPerSecond = 1_000_000_000;
    public const long NsPerMillisecond = 1_000_000;
    public const long NsPerTick = 100;

    /// <summary>The first and last time that every InfluxDB version takes (1677-09-21 … 2262-04-11).</summary>
    public const long MinNs = -9223372036854775806, MaxNs = 9223372036854775806;

    public static long ToUnixNs(this DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * NsPerTick;

    /// <summary>The time, cut to .NET's resolution of 100 ns.</summary>
    public static DateTimeOffset FromUnixNs(long ns) =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + ns / NsPerTick, TimeSpan.Zero);

    public static long UnixNs(this TimeProvider clock) => clock.GetUtcNow().ToUnixNs();
}
