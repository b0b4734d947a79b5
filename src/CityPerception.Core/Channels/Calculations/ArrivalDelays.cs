using System.Collections.Immutable;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// The 95th percentile of the seconds that observations of devices took to arrive. Counts in ranges add up over sources, districts and
/// minutes, which percentiles do not; see <see cref="DelayRanges"/>.
/// </summary>
internal sealed class ArrivalDelays : ICalculation
{
    private const string Bound = "bound", Measurement = "ingest_delay";
    private const double Share = 0.95;

    public string Name => "ingest.delay_p95";

    public ImmutableArray<string> Measurements { get; } = [Measurement];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour, ViewWindow.Day];

    public bool IsOfSamples => false;

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        var query = new AggregateQuery
        {
            Measurement = Measurement,
            Select = [new Selection("count", Aggregate.Sum)],
            From = scope.From,
            To = scope.To,
            Window = ViewWindows.SizeOf(scope.Window, scope.City.Zone),
            GroupBy = [ChannelViews.District, Bound, .. scope.By is { } by ? [by] : Array.Empty<string>()],
            Where = scope.Where,
        };
        IReadOnlyList<AggregateRow> rows = await scope.Store.AggregateAsync(query, cancellationToken);
        return
        [
            .. scope.ByPlace(rows, r => (r.Start, r.Group[0], scope.By is null ? "" : r.Group[^1])).Select(static place =>
            {
                Dictionary<string, long> counts = place.GroupBy(static r => r.Group[1]).ToDictionary(static g => g.Key, static g => g.Sum(static r => (long)(r.Values[0] ?? 0)));
                return new CalculatedPartial(place.Key.Start, place.Key.Key, new Partial(counts.Values.Sum(), DelayRanges.Percentile(counts, Share)));
            }),
        ];
    }
}
