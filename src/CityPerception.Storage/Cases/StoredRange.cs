using CityPerception.Core.Cases;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Cases;

/// <summary>A stretch of time in which a measurement of cases has points.</summary>
internal sealed record StoredRange(string Measurement, DateTimeOffset From, DateTimeOffset To, long Points)
{
    private static readonly TimeSpan Step = TimeSpan.FromDays(1);

    /// <summary>Days with points, joined until there are about so many.</summary>
    public static async Task<List<StoredRange>> FindAsync(IStore store, DateTimeOffset from, DateTimeOffset to, long mostPoints, CancellationToken cancellationToken)
    {
        List<StoredRange> ranges = [];
        foreach (string measurement in CaseMeasurements.All)
        {
            IReadOnlyList<AggregateRow> days = await store.AggregateAsync(new AggregateQuery
            {
                Measurement = measurement,
                Select = [new Selection("case_id", Aggregate.Count)],
                From = from,
                To = to,
                Window = new WindowSize.Fixed(Step),
            }, cancellationToken);
            foreach (AggregateRow day in days)
            {
                long points = (long)(day.Values[0] ?? 0);
                var next = new StoredRange(measurement, day.Start, day.Start + Step, points);
                if (ranges.Count > 0 && ranges[^1] is { } last && last.Measurement == measurement && last.Points + points <= mostPoints)
                    ranges[^1] = last with { To = next.To, Points = last.Points + points };
                else
                    ranges.Add(next);
            }
        }

        return ranges;
    }
}
