using System.Collections.Immutable;
using CityPerception.Core.Queries;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The energy of an hour's levels of some tags.</summary>
/// <param name="Start">Of the hour.</param>
/// <param name="Tags">The district, those asked for, and the tag that the KPI is given by.</param>
/// <param name="Period">That the hour belongs to.</param>
/// <param name="Energy">How many levels, and the sum of 10^(L/10).</param>
internal sealed record NoiseHour(DateTimeOffset Start, ImmutableArray<string> Tags, NoisePeriod Period, Partial Energy)
{
    private const string Level = "leq";

    /// <summary>The hours of a scope that have a level.</summary>
    public static Task<IReadOnlyList<NoiseHour>> ReadAsync(CalculationScope scope, ImmutableArray<string> tags, CancellationToken cancellationToken) =>
        scope.OnceAsync($"noise {string.Join(' ', tags)}", () => QueryAsync(scope, tags, cancellationToken));

    private static async Task<IReadOnlyList<NoiseHour>> QueryAsync(CalculationScope scope, ImmutableArray<string> tags, CancellationToken cancellationToken)
    {
        ImmutableArray<string> asked = [ChannelViews.District, .. tags];
        var query = new AggregateQuery
        {
            Measurement = "noise",
            Select = [new Selection(Level, Aggregate.Count), new Selection(Level, Aggregate.EnergySum)],
            From = scope.From,
            To = scope.To,
            Window = new WindowSize.Fixed(TimeSpan.FromHours(1)),
            GroupBy = scope.By is null || asked.Contains(scope.By) ? asked : asked.Add(scope.By),
            Where = scope.Where,
        };
        int by = scope.By is null ? 0 : query.GroupBy.IndexOf(scope.By);
        return [.. (await scope.Store.AggregateAsync(query, cancellationToken)).Where(static r => r.Values[0] > 0).Select(row => new NoiseHour(
            row.Start, row.Group.Add(row.Group[by]), scope.City.Standards.NoiseHours.Of(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(row.Start, scope.City.Zone).DateTime)),
            new Partial((long)row.Values[0]!, row.Values[1] ?? 0)))];
    }

    /// <summary>The energy mean.</summary>
    public static double LevelOf(Partial energy) => Noise.Level(energy.Sum / energy.Count);
}
