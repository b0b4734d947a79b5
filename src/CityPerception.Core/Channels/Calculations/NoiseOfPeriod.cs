using System.Collections.Immutable;
using CityPerception.Core.Queries;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The equivalent level of the day's or the night's hours of a civil day, an energy mean (GB 3096-2008, 3.3).</summary>
internal sealed class NoiseOfPeriod(string name, NoisePeriod period) : ICalculation
{
    private const string District = ChannelViews.District, Level = "leq";

    public string Name => name;

    public string Summary => $"dB(A): the energy mean of noise.leq over the hours of the {(period is NoisePeriod.Day ? "day (06:00 to 22:00)" : "night of a civil day (00:00 to 06:00 and 22:00 to 24:00)")}; GB 3096-2008, 3.3";

    public ImmutableArray<string> Measurements { get; } = ["noise"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        var query = new AggregateQuery
        {
            Measurement = Measurements[0],
            Select = [new Selection(Level, Aggregate.Count), new Selection(Level, Aggregate.EnergySum)],
            From = scope.From,
            To = scope.To,
            Window = new WindowSize.Fixed(TimeSpan.FromHours(1)),
            GroupBy = scope.By is { } by ? [District, by] : [District],
            Where = scope.Where,
        };
        Dictionary<(DateTimeOffset, ViewKey), Partial> energies = [];
        foreach (AggregateRow row in await scope.Store.AggregateAsync(query, cancellationToken))
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(row.Start, scope.City.Zone);
            if (NoiseHours.Default.Of(TimeOnly.FromDateTime(local.DateTime)) != period || row.Values[0] is not > 0) continue;
            DateTimeOffset day = ViewWindows.StartOf(ViewWindow.Day, row.Start, scope.City.Zone);
            foreach (string district in scope.DistrictsOf(row.Group[0]))
            {
                var id = (day, new ViewKey(district, scope.By is null ? "" : row.Group[1]));
                var hour = new Partial((long)row.Values[0]!, row.Values[1] ?? 0, double.NaN, double.NaN);
                energies[id] = energies.TryGetValue(id, out Partial before) ? before.And(hour) : hour;
            }
        }

        return [.. energies.Select(e => new CalculatedPartial(e.Key.Item1, e.Key.Item2, e.Value with { Sum = Noise.Level(e.Value.Sum / e.Value.Count) }))];
    }
}
