using System.Collections.Immutable;
using CityPerception.Core.Cities;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>How many sections have such a class on a day.</summary>
/// <param name="name">As channel files write it.</param>
/// <param name="counts">Whether it counts a section, null if that one is not to be judged.</param>
internal sealed class WaterCounts(string name, Func<SiteLimits, WaterSection, bool?> counts) : ICalculation
{
    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = ["water_quality"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. scope.ByPlace(await WaterSection.ReadAsync(scope, cancellationToken), static s => (s.Start, s.Site.District, s.Site.Group))
            .Select(g => (g.Key, Counted: g.Select(s => counts(scope.City.Sites, s)).OfType<bool>().ToArray())).Where(static g => g.Counted.Length > 0)
            .Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Counted.Length, g.Counted.Count(static c => c)))),
    ];
}
