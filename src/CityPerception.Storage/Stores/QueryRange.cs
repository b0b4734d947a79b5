using CityPerception.Core.Observations;

namespace CityPerception.Storage.Stores;

/// <summary>A query's range in nanoseconds, both ends included, cut to the times that line protocol can have.</summary>
internal readonly record struct QueryRange(long FirstNs, long LastNs)
{
    private static readonly DateTimeOffset Earliest = ObservationTime.FromUnixNs(ObservationTime.MinNs);
    private static readonly DateTimeOffset Latest = ObservationTime.FromUnixNs(ObservationTime.MaxNs);

    public bool IsEmpty => FirstNs > LastNs;

    public DateTimeOffset First => ObservationTime.FromUnixNs(FirstNs);

    public DateTimeOffset Last => ObservationTime.FromUnixNs(LastNs);

    public static QueryRange Of(DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to) return new QueryRange(0, -1);

        long first = from <= Earliest ? ObservationTime.MinNs : from > Latest ? ObservationTime.MaxNs : from.ToUnixNs();
        long last = to > Latest ? ObservationTime.MaxNs : to <= Earliest ? ObservationTime.MinNs : to.ToUnixNs() - 1;
        return from > Latest || to <= Earliest ? new QueryRange(0, -1) : new QueryRange(first, last);
    }
}
