using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Stores;

/// <summary>A stretch of time, both ends included, in which a zone's clock stays at one offset from UTC.</summary>
internal readonly record struct OffsetStretch(long FirstNs, long LastNs, TimeSpan Offset)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The stretches of equal offset that a range consists of, in order.</summary>
    public static IReadOnlyList<OffsetStretch> Of(QueryRange range, TimeZoneInfo zone)
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
                long change = CivilDays.OffsetChange(at, next, zone).ToUnixNs();
                stretches.Add(new OffsetStretch(first, change - 1, offset));
                (first, offset) = (change, nextOffset);
            }

            at = next;
        }

        stretches.Add(new OffsetStretch(first, range.LastNs, offset));
        return stretches;
    }
}
