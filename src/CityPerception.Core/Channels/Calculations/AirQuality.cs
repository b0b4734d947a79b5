using System.Collections.Immutable;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The air quality index of an hour or a civil day, with the primary pollutants (HJ 633).</summary>
internal sealed class AirQuality(string name, ViewWindow window) : ICalculation
{
    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = ["air_quality"];

    public ImmutableArray<ViewWindow> Windows { get; } = [window];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
        [.. (await new AirIndices(scope).ReadAsync(cancellationToken)).Select(static i =>
            new CalculatedPartial(i.Start, i.Key, new Partial(i.Stations, i.Index.Aqi) { Text = TextOf(i.Index.Primary) }))];

    private static string? TextOf(AirPollutants primary) => primary is AirPollutants.None ? null : string.Join(", ", primary.Each().Select(static p => p.Name().En));
}
