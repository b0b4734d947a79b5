using System.Collections.Immutable;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>How many sites have a level of the period that can be judged, or keep to the limit (GB 3096-2008, table 1).</summary>
internal sealed class NoiseCompliance(string name, NoisePeriod period, bool met) : ICalculation
{
    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = ["noise"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. scope.ByPlace((await NoiseFinding.ReadAsync(scope, cancellationToken)).Where(f => f.Period == period), static f => (f.Start, f.Site.District, f.Site.Group))
            .Select(g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Count(), met ? g.Count(static f => f.Over <= 0) : g.Count()))),
    ];
}
