using System.Collections.Immutable;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// Sums over key projects at the end of a day, each by its last snapshot of the year. Investments are of the year and begin
/// anew on 1 January.
/// </summary>
/// <param name="name">As channel files write it.</param>
/// <param name="value">What a project counts for at a moment (seconds since 1970 UTC); null where the project is not meant.</param>
internal sealed class Projects(string name, Func<Project, double, double?> value) : ICalculation
{
    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = ["project"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    // Until the next snapshot of the project; at most to the end of its year.
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, CivilDays.YearStart(to, zone, 1))];

    /// <summary>All of them.</summary>
    public static IEnumerable<ICalculation> All =>
    [
        new Projects("project.invest_done", static (p, _) => p["invest_done"]),
        new Projects("project.invest_plan", static (p, _) => p["invest_plan"]),
        new Projects("project.due_to_start", static (p, now) => p["planned_start"] <= now ? 1 : null),
        new Projects("project.started", static (p, now) => p["planned_start"] <= now ? p.Is("started") || p.Is("finished") ? 1 : 0 : null),
        new Projects("project.due_to_finish", static (p, now) => p["planned_finish"] <= now ? 1 : null),
        new Projects("project.finished", static (p, now) => p["planned_finish"] <= now ? p.Is("finished") ? 1 : 0 : null),
        new Projects("project.carried_over", static (p, _) => p["resumed"] is null ? null : 1),
        new Projects("project.resumed", static (p, _) => p["resumed"]),
        new Projects("project.overdue", static (p, now) =>
            (p["planned_start"] <= now && !p.Is("started") && !p.Is("finished")) || (p["planned_finish"] <= now && !p.Is("finished")) ? 1 : 0),
    ];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<(DateTimeOffset Time, Project Project)> snapshots = await scope.OnceAsync("projects", () => ReadAsync(scope, cancellationToken));
        List<CalculatedPartial> results = [];
        foreach (DateTimeOffset start in scope.Starts)
        {
            DateTimeOffset end = ViewWindows.Next(ViewWindow.Day, start, scope.City.Zone), year = CivilDays.YearStart(start, scope.City.Zone);
            Dictionary<ViewKey, Partial> sums = [];
            foreach (Project project in snapshots.Where(s => s.Time >= year && s.Time < end).Select(static s => s.Project).GroupBy(static p => p.Id).Select(static p => p.Last()))
            {
                if (value(project, end.ToUnixTimeSeconds()) is not { } part) continue;
                foreach (string district in scope.City.PlacesOf(project.Tag(ChannelViews.District)))
                {
                    Add(new ViewKey(district));
                    if (scope.By is { } by) Add(new ViewKey(district, project.Tag(by)));
                }

                void Add(ViewKey key) => sums[key] = sums.GetValueOrDefault(key, Partial.None).And(new Partial(1, part));
            }

            results.AddRange(sums.Select(s => new CalculatedPartial(start, s.Key, s.Value)));
        }

        return results;
    }

    private static async Task<IReadOnlyList<(DateTimeOffset, Project)>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<(DateTimeOffset, Project)> snapshots = [];
        var query = new PointQuery { Measurement = "project", From = CivilDays.YearStart(scope.From, scope.City.Zone), To = scope.To, Where = scope.Where };
        await foreach (Point point in scope.Store.ReadAsync(query, cancellationToken)) snapshots.Add((Observations.ObservationTime.FromUnixNs(point.TimeNs), new Project(point)));
        return snapshots;
    }

}

/// <summary>A snapshot of a key project.</summary>
internal sealed class Project(Point point)
{
    public string Id { get; } = point.Fields.GetValueOrDefault("project_id") as string ?? "";

    /// <summary>A number of it, null where the snapshot has none.</summary>
    public double? this[string field] => point.Fields.TryGetValue(field, out object? value) ? Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) : null;

    public bool Is(string field) => this[field] == 1;

    public string Tag(string name) => point.Tags.GetValueOrDefault(name, "");
}

/// <summary>The share of the year that has passed at the end of a day, 0 to 1: what investment is compared with (序时进度).</summary>
internal sealed class YearShare : ICalculation
{
    public string Name => "project.year_share";

    public ImmutableArray<string> Measurements { get; } = ["project"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<CalculatedPartial> results = [];
        foreach (DateTimeOffset start in scope.Starts)
        {
            DateTimeOffset year = CivilDays.YearStart(start, scope.City.Zone), next = CivilDays.YearStart(start, scope.City.Zone, 1);
            double share = (ViewWindows.Next(ViewWindow.Day, start, scope.City.Zone) - year) / (next - year);
            results.AddRange(scope.City.Districts.Select(static d => d.Code).Append(scope.City.Code).Select(place => new CalculatedPartial(start, new ViewKey(place), new Partial(1, share))));
        }

        return Task.FromResult<IReadOnlyList<CalculatedPartial>>(results);
    }
}
