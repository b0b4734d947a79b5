using System.Collections.Immutable;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The equivalent level of the day's or the night's hours of a civil day, an energy mean (GB 3096-2008, 3.3); null for the level of both.</summary>
internal sealed class NoiseOfPeriod(string name, NoisePeriod? period) : ICalculation
{
    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = ["noise"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        Dictionary<(DateTimeOffset, ViewKey, NoisePeriod), Partial> energies = [];
        foreach (NoiseHour hour in await NoiseHour.ReadAsync(scope, [], cancellationToken))
        {
            foreach (string district in scope.City.PlacesOf(hour.Tags[0]))
            {
                var id = (ViewWindows.StartOf(ViewWindow.Day, hour.Start, scope.City.Zone), new ViewKey(district, scope.By is null ? "" : hour.Tags[^1]), hour.Period);
                energies[id] = energies.GetValueOrDefault(id, Partial.None).And(hour.Energy);
            }
        }

        return [.. energies.GroupBy(static e => (e.Key.Item1, e.Key.Item2), static e => (Period: e.Key.Item3, e.Value))
            .Select(g => Of(g.Key.Item1, g.Key.Item2, g.ToDictionary(static p => p.Period, static p => p.Value), scope.City.Standards.NoiseHours)).OfType<CalculatedPartial>()];
    }

    private CalculatedPartial? Of(DateTimeOffset start, ViewKey key, Dictionary<NoisePeriod, Partial> energies, NoiseHours hours)
    {
        if (period is { } one)
            return energies.TryGetValue(one, out Partial energy) ? new CalculatedPartial(start, key, energy with { Sum = NoiseHour.LevelOf(energy) }) : null;
        if (!energies.TryGetValue(NoisePeriod.Day, out Partial day) || !energies.TryGetValue(NoisePeriod.Night, out Partial night)) return null;
        return new CalculatedPartial(start, key, day.And(night) with { Sum = Noise.Ldn(NoiseHour.LevelOf(day), NoiseHour.LevelOf(night), hours.DayLength) });
    }
}
