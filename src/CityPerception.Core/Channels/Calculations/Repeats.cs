using System.Collections.Immutable;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// Appeals that tell again what another told before, as they are linked when the window is computed. Taken off a count of appeals, they
/// leave each matter once, at the time of its first appeal. By category with <c>by: category</c>.
/// </summary>
/// <param name="measurement">Of what: an appeal that repeats one of another measurement counts under its own.</param>
internal sealed class Repeats(string measurement) : ICalculation
{
    private const string Category = "category";

    // One that comes late settles anew those after it that it can touch: by default as far as this.
    private static readonly TimeSpan Settled = TimeSpan.FromHours(72);

    public string Name => measurement + ".repeats";

    public ImmutableArray<string> Measurements { get; } = [measurement];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour];

    public bool Adds => true;

    public bool IsOfSamples => false;

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to + Settled)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<AppealRepeat> repeats = await scope.OnceAsync("repeats", () => scope.Cases.RepeatsBetweenAsync(scope.From, scope.To, cancellationToken));
        Filter.Tag[] categories = [.. scope.Where.OfType<Filter.Tag>().Where(static f => f.Name == Category)];
        return
        [
            .. scope.ByPlace(
                    repeats.Where(r => r.Measurement == measurement && categories.All(f => f.Values.Contains(r.Category) != f.Not)),
                    r => (ViewWindows.StartOf(scope.Window, r.Time, scope.City.Zone), r.District, scope.By == Category ? r.Category : ""))
                .Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Count(), g.Count()))),
        ];
    }
}
