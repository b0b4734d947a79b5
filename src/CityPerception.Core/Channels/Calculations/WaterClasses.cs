using System.Collections.Immutable;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The class of the worst section, 1 to 6; the text says which, what decides, and which items there were.</summary>
internal sealed class WaterClasses : ICalculation
{
    public string Name => "water.class";

    public ImmutableArray<string> Measurements { get; } = ["water_quality"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour, ViewWindow.Day];

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) =>
        window is ViewWindow.Hour ? [(to, to.AddHours(WaterSection.HeldHours - 1))] : [];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. scope.ByPlace(await WaterSection.ReadAsync(scope, cancellationToken), static s => (s.Start, s.Site.District, s.Site.Group))
            .Select(static g => Worst(g.Key.Start, g.Key.Key, [.. g])),
    ];

    private static CalculatedPartial Worst(DateTimeOffset start, ViewKey key, WaterSection[] sections)
    {
        WaterSection worst = sections.OrderByDescending(static s => s.Class.Class).ThenBy(static s => s.Site.Device, StringComparer.Ordinal).First();
        return new CalculatedPartial(start, key, new Partial(sections.Length, worst.Class.Class) { Text = $"{worst.Site.Device}: {worst.Words}" });
    }
}
