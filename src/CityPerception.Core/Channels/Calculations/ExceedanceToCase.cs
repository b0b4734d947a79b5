using System.Collections.Immutable;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// The median of the hours from when a site first exceeded its permit to when a case was filed against it, of the environmental cases
/// that were filed on a day and name the site. Looked at are the 30 days before, back to the case before that one at most.
/// </summary>
internal sealed class ExceedanceToCase : ICalculation
{
    private const string Cases = "enforcement", Site = "site";

    private const int Days = 30;

    public string Name => "enforcement.exceed_to_case_hours";

    public ImmutableArray<string> Measurements { get; } = [Cases, "emission", "discharge"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Day];

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to.AddDays(Days))];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<Filing> filings = await ReadAsync(scope, cancellationToken);
        Filing[] asked = [.. filings.Where(f => f.Time >= scope.From)];
        if (asked.Length == 0) return [];
        ILookup<string, DateTimeOffset> exceeded = await ExceededAsync(scope, asked, cancellationToken);
        return [.. scope.ByPlace(asked.Select(f => (f, Hours: HoursOf(f, filings, exceeded[f.Site]))).Where(static f => f.Hours is not null), f => (ViewWindows.StartOf(ViewWindow.Day, f.f.Time, scope.City.Zone), f.f.District, ""))
            .Select(static g => (g.Key, Hours: g.Select(static f => f.Hours!.Value).Order().ToArray()))
            .Select(static g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Hours.Length, g.Hours[(g.Hours.Length - 1) / 2])))];
    }

    private static double? HoursOf(Filing filing, List<Filing> all, IEnumerable<DateTimeOffset> exceeded)
    {
        DateTimeOffset after = all.Where(f => f.Site == filing.Site && f.Time < filing.Time).Select(static f => f.Time).Append(filing.Time.AddDays(-Days)).Max();
        DateTimeOffset[] hours = [.. exceeded.Where(h => h >= after && h < filing.Time)];
        return hours.Length == 0 ? null : (filing.Time - hours.Min()).TotalHours;
    }

    private static async Task<List<Filing>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<Filing> filings = [];
        var query = new PointQuery
        {
            Measurement = Cases,
            Fields = [Site],
            From = scope.From.AddDays(-Days),
            To = scope.To,
            Where = [.. scope.Where, new Filter.Tag("category", ["environment"]), new Filter.Tag("state", ["filed"])],
        };
        await foreach (Point point in scope.Store.ReadAsync(query, cancellationToken))
        {
            if (point.Fields.GetValueOrDefault(Site) is string { Length: > 0 } site)
                filings.Add(new Filing(Observations.ObservationTime.FromUnixNs(point.TimeNs), point.Tags.GetValueOrDefault(ChannelViews.District, ""), site));
        }

        return filings;
    }

    private static async Task<ILookup<string, DateTimeOffset>> ExceededAsync(CalculationScope scope, Filing[] filings, CancellationToken cancellationToken)
    {
        CalculationScope hours = scope with
        {
            Window = ViewWindow.Hour,
            From = scope.From.AddDays(-Days),
            Where = [new Filter.Tag("device", [.. filings.Select(static f => f.Site).Distinct().Order(StringComparer.Ordinal)])],
            By = null,
            Read = [],
        };
        EmissionFinding[] findings = [.. await EmissionFinding.ReadAsync(hours, isGas: true, cancellationToken), .. await EmissionFinding.ReadAsync(hours, isGas: false, cancellationToken)];
        return findings.Where(static f => f.IsExceeded).ToLookup(static f => f.Site.Device, static f => f.Hour);
    }

    private sealed record Filing(DateTimeOffset Time, string District, string Site);
}
