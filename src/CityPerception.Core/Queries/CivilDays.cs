namespace CityPerception.Core.Queries;

/// <summary>
/// Civil days of a zone. The arithmetic is ours, so that every store cuts days alike whatever it knows of zones: the
/// InfluxDB versions disagree where the clock changes, and DuckDB would need an extension.
/// </summary>
public static class CivilDays
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The instant at which a civil day begins: its midnight, the first of two, or where midnight is skipped, the moment after the gap.</summary>
    public static DateTimeOffset Start(DateOnly date, TimeZoneInfo zone)
    {
        DateTime midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(midnight))
        {
            DateTimeOffset before = new DateTimeOffset(midnight, TimeSpan.Zero) - Day;
            return OffsetChange(before, before + 2 * Day, zone);
        }

        TimeSpan offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    /// <summary>The instant at which the civil year begins that a time lies in, or one some years later.</summary>
    public static DateTimeOffset YearStart(DateTimeOffset time, TimeZoneInfo zone, int later = 0) => Start(new DateOnly(DateOf(time, zone).Year + later, 1, 1), zone);

    /// <summary>The civil day that a time lies in.</summary>
    public static DateOnly DateOf(DateTimeOffset time, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>The instant at which a zone's offset is no longer what it was before, to the second: zones change on seconds.</summary>
    public static DateTimeOffset OffsetChange(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
    {
        TimeSpan offset = zone.GetUtcOffset(before);
        long low = before.ToUnixTimeSeconds(), high = after.ToUnixTimeSeconds() + 1;
        while (high - low > 1)
        {
            long middle = low + (high - low) / 2;
            if (zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(middle)) == offset) low = middle;
            else high = middle;
        }

        return DateTimeOffset.FromUnixTimeSeconds(high);
    }
}
