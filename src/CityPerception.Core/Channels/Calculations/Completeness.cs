using System.Collections.Immutable;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// Samples that all things were expected to send, or those of them that arrived, as <see cref="SampleCoverage"/> has it for one
/// measurement. Values that a device itself flagged are not stored as values: they are missing (the form of HJ 906, n/N).
/// </summary>
internal sealed class Completeness(string name, bool arrived) : ICalculation
{
    private static readonly ImmutableArray<SampleCoverage> Each = [.. Things.All.Select(static t => new SampleCoverage(t.Measurement, Things.FieldsOf(t.Measurement)))];

    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = [.. Things.All.Select(static t => t.Measurement)];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour];

    public bool Adds => true;

    public bool IsOfSamples => false;

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => Each[0].LaterWindows(window, from, to, zone);

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
        [.. (await scope.OnceAsync("completeness", () => ReadAsync(scope, cancellationToken))).Select(p => p with { Partial = new Partial(p.Partial.Count, arrived ? p.Partial.Sum : p.Partial.Count) })];

    private static async Task<IReadOnlyList<CalculatedPartial>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<CalculatedPartial> all = [];
        foreach (SampleCoverage one in Each) all.AddRange(await one.ComputeAsync(scope, cancellationToken));
        return [.. all.GroupBy(static p => (p.Start, p.Key)).Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, g.Select(static p => p.Partial).Aggregate(Partial.None, static (a, b) => a.And(b))))];
    }
}
