using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>A site's level of a period, against the limit of its class of area (GB 3096-2008, table 1).</summary>
/// <param name="Start">Of the hour or the civil day.</param>
/// <param name="Site">The site.</param>
/// <param name="Period">Day or night.</param>
/// <param name="Samples">How many levels it is of.</param>
/// <param name="Over">dB above the limit; negative below it.</param>
internal readonly record struct NoiseFinding(DateTimeOffset Start, Site Site, NoisePeriod Period, long Samples, double Over)
{
    /// <summary>Of every site that has a class, and every window of a scope.</summary>
    public static async Task<IReadOnlyList<NoiseFinding>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. (await NoiseHour.ReadAsync(scope, ["category", "device"], cancellationToken))
            .GroupBy(h => (Start: ViewWindows.StartOf(scope.Window, h.Start, scope.City.Zone), Site: new Site(h.Tags[0], h.Tags[1], h.Tags[2], scope.By is null ? "" : h.Tags[^1]), h.Period), static h => h.Energy)
            .Where(static g => NoiseLimits.Of(g.Key.Site.Category) is not null)
            .Select(static g => Judge(g.Key.Start, g.Key.Site, g.Key.Period, g.Aggregate(Partial.None, static (a, b) => a.And(b)))),
    ];

    private static NoiseFinding Judge(DateTimeOffset start, Site site, NoisePeriod period, Partial energy) =>
        new(start, site, period, energy.Count, NoiseLimits.Of(site.Category)!.Value.Over(NoiseHour.LevelOf(energy), period));
}
