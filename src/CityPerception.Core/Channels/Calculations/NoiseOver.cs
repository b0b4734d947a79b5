using System.Collections.Immutable;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>By how much the loudest site exceeds the limit of its class and period: of an hour, or of the day and the night of a civil day.</summary>
internal sealed class NoiseOver : ICalculation
{
    public string Name => "noise.over";

    public ImmutableArray<string> Measurements { get; } = ["noise"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour, ViewWindow.Day];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. scope.ByPlace(await NoiseFinding.ReadAsync(scope, cancellationToken), static f => (f.Start, f.Site.District, f.Site.Group))
            .Select(static g => Worst(g.Key.Start, g.Key.Key, [.. g])),
    ];

    private static CalculatedPartial Worst(DateTimeOffset start, ViewKey key, NoiseFinding[] findings)
    {
        NoiseFinding worst = findings.OrderByDescending(static f => f.Over).ThenBy(static f => f.Site.Device, StringComparer.Ordinal).ThenBy(static f => f.Period).First();
        string period = worst.Period is NoisePeriod.Day ? "day" : "night";
        return new CalculatedPartial(start, key, new Partial(findings.Sum(static f => f.Samples), worst.Over) { Text = $"{worst.Site.Device} class {worst.Site.Category} {period}" });
    }
}
