using CityPerception.Core.Observations;

namespace CityPerception.Storage.Stores;

/// <summary>A stretch of time, both ends included, in which a zone's clock stays at one offset from UTC.</summary>
internal readonly record struct OffsetStretch(long FirstNs, long LastNs, TimeSpan Offset);

/// <summary>
/// Civil days of a zone. The arithmetic is ours, so that every store cuts days alike whatever it knows of zones: the
/// InfluxDB versions disagree where the clock changes, and DuckDB would need an extension.
/// </summary>
internal static class CivilDays
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The instant at which a civil day begins: its midnight, the first of two, or where midnight is skipped, the moment after the gap.</summary>
    public static DateTimeOffset Start(DateOnly date, TimeZoneInfo zone)
    {
        DateTime midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(midnight))
        {
            DateTimeOffset before = new DateTimeOffset(midnight, TimeSpan.Zero) - Day;
            return Change(before, before + 2 * Day, zone);
        }

        TimeSpan offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    public static DateOnly DateOf(DateTimeOffset time, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>The stretches of equal offset that a range consists of, in order.</summary>
    public static IReadOnlyList<OffsetStretch> Stretches(QueryRange range, TimeZoneInfo zone)
    {
        List<OffsetStretch> stretches = [];
        DateTimeOffset at = range.First;
        TimeSpan offset = zone.GetUtcOffset(at);
        long first = range.FirstNs;

        // Looking once a day: no zone has changed its clock twice within one.
        while (at < range.Last)
        {
            DateTimeOffset next = range.Last - at > Day ? at + Day : range.Last;
            TimeSpan nextOffset = zone.GetUtcOffset(next);
            if (nextOffset != offset)
            {
                long change = Change(at, next, zone).ToUnixNs();
                stretches.Add(new OffsetStretch(first, change - 1, offset));
                (first, offset) = (change, nextOffset);
            }

            at = next;
        }

        stretches.Add(new OffsetStretch(first, range.LastNs, offset));
        return stretches;
    }

    // The instant at which the offset is no longer what it was at `before`, to the second: zones change on seconds.
    private static DateTimeOffset Change(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
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
