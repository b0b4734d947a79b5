using System.Collections.Immutable;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>How many sites have a level of the period that can be judged, or keep to the limit (GB 3096-2008, table 1).</summary>
internal sealed class NoiseCompliance(string name, NoisePeriod period, bool met) : ICalculation
{
    public string Name => name;

    public string Summary => $"sites whose level of the {(period is NoisePeriod.Day ? "day" : "night")} {(met ? "keeps to" : "has")} a limit, that of their class; GB 3096-2008, table 1";

    public ImmutableArray<string> Measurements { get; } = ["noise"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. (await NoiseFinding.ReadAsync(scope, cancellationToken)).Where(f => f.Period == period)
            .SelectMany(f => scope.DistrictsOf(f.Site.District).Select(d => (Id: (f.Start, Key: new ViewKey(d, f.Site.Group)), f.Over)))
            .GroupBy(static f => f.Id, static f => f.Over)
            .Select(g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Count(), met ? g.Count(static over => over <= 0) : g.Count(), double.NaN, double.NaN))),
    ];
}
