using System.Collections.Immutable;
using CityPerception.Core.Cities;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>How many sections have such a class on a day.</summary>
/// <param name="name">As channel files write it.</param>
/// <param name="what">Which it counts, for the documentation.</param>
/// <param name="counts">Whether it counts a section, null if that one is not to be judged.</param>
internal sealed class WaterCounts(string name, string what, Func<SiteLimits, WaterSection, bool?> counts) : ICalculation
{
    public string Name => name;

    public string Summary => $"{what}, of a civil day; 环办〔2011〕22号";

    public ImmutableArray<string> Measurements { get; } = ["water_quality"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. (await WaterSection.ReadAsync(scope, cancellationToken))
            .Select(s => (Section: s, Counted: counts(scope.City.Sites, s))).Where(static s => s.Counted is not null)
            .SelectMany(s => scope.DistrictsOf(s.Section.Site.District).Select(d => (Id: (s.Section.Start, Key: new ViewKey(d, s.Section.Site.Group)), s.Counted)))
            .GroupBy(static s => s.Id, static s => s.Counted)
            .Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Count(), g.Count(static c => c is true), double.NaN, double.NaN))),
    ];
}
