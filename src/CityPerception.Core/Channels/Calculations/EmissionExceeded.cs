using System.Collections.Immutable;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>In how many hours an outlet exceeded its permit, or by how much at the worst; the text names outlet and item.</summary>
internal sealed class EmissionExceeded(string name, bool isGas, bool hours) : ICalculation
{
    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = [isGas ? "emission" : "discharge"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour, ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. scope.ByPlace(await EmissionFinding.ReadAsync(scope, isGas, cancellationToken), f => (ViewWindows.StartOf(scope.Window, f.Hour, scope.City.Zone), f.Site.District, f.Site.Group))
            .Select(g => new CalculatedPartial(g.Key.Start, g.Key.Key, Of([.. g]))),
    ];

    // An hour of an outlet is one hour, however many items exceed in it.
    private Partial Of(EmissionFinding[] findings)
    {
        EmissionFinding[] exceeded = [.. findings.Where(static f => f.IsExceeded)];
        EmissionFinding worst = findings.OrderByDescending(static f => f.Multiple).ThenBy(static f => f.Site.Device, StringComparer.Ordinal).First();
        double value = hours ? HoursOf(exceeded) : worst.Multiple;
        return new Partial(HoursOf(findings), value) { Text = exceeded.Length > 0 ? $"{worst.Site.Device} {worst.Item}" : null };
    }

    private static int HoursOf(EmissionFinding[] findings) => findings.Select(static f => (f.Site, f.Hour)).Distinct().Count();
}
