using System.Collections.Immutable;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Sources.Open311;

/// <summary>A report as it is stored, and the changes of its case since, in order of time.</summary>
internal sealed record CaseHistory(string Id, Point Report, IReadOnlyList<Point> Changes);

/// <summary>
/// Reads reports from the store: what came by this interface, and all that happened to the case of the same id, whichever
/// system says so. Cases of other sources were never meant for the public and are not shown.
/// </summary>
internal sealed class RequestReader(IServiceProvider services, TimeProvider clock)
{
    private const string Incident = "incident", CaseEvent = "case_event", CaseId = "case_id", State = "state";

    // A query's text has an end.
    private const int IdsAtOnce = 200;

    private static readonly Filter[] Reported = [new Filter.Tag("source", [ReportEndpoint.Source]), new Filter.Tag(State, ["reported"])];

    /// <summary>Whether this process has a store: one without the role dispatch has none.</summary>
    public bool IsAvailable => services.GetService<IStore>() is not null;

    private IStore Store => services.GetRequiredService<IStore>();

    /// <summary>Whether a report with this id is stored.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<bool> ExistsAsync(IngestPlan plan, string id, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return await Points(Incident, now - plan.City.Retention.Raw, now.AddDays(1), 1, [.. Reported, new Filter.Text(CaseId, id)]).AnyAsync(cancellationToken);
    }

    /// <summary>The reports that fit, the latest first.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<IReadOnlyList<CaseHistory>> ReadAsync(RequestQuery query, CancellationToken cancellationToken)
    {
        List<Filter> where = [.. Reported];
        if (query.Ids.Count > 0) where.Add(new Filter.AnyText(CaseId, [.. query.Ids]));
        if (query.ServiceCodes.Count > 0) where.Add(new Filter.Tag("category", [.. query.ServiceCodes]));

        List<CaseHistory> found = [];
        HashSet<string> seen = [];
        int skip = query.Skip;
        IAsyncEnumerable<Point> reports = Points(Incident, query.From, query.To, query.Reach, [.. where]).Where(p => seen.Add(IdOf(p)));
        // Without a status the page is known before what happened to its cases is.
        if (query.Status is null) (reports, skip) = (reports.Skip(skip).Take(query.Take), 0);
        await foreach (Point[] some in reports.Chunk(IdsAtOnce).WithCancellation(cancellationToken))
        {
            foreach (CaseHistory history in await HistoriesAsync(some, cancellationToken))
            {
                if (query.Status is not null && CaseStatus.Of(history) != query.Status) continue;
                if (skip-- > 0) continue;
                found.Add(history);
                if (found.Count == query.Take) return found;
            }
        }

        return found;
    }

    private async Task<IEnumerable<CaseHistory>> HistoriesAsync(Point[] reports, CancellationToken cancellationToken)
    {
        ImmutableArray<string> ids = [.. reports.Select(IdOf)];
        // A clock of another system may be a little behind.
        DateTimeOffset from = ObservationTime.FromUnixNs(reports.Min(r => r.TimeNs)).AddDays(-1), to = clock.GetUtcNow().AddDays(1);
        List<Point> changes = [];
        foreach (string measurement in (string[])[CaseEvent, Incident])
        {
            await foreach (Point point in Points(measurement, from, to, null, new Filter.AnyText(CaseId, ids)).WithCancellation(cancellationToken))
                if (!point.Fields.TryGetValue("void", out object? isVoid) || isVoid is not 1L) changes.Add(point);
        }

        ILookup<string, Point> byCase = changes.OrderBy(p => p.TimeNs).ToLookup(IdOf);
        return reports.Select(r => new CaseHistory(IdOf(r), r, [.. byCase[IdOf(r)]]));
    }

    private IAsyncEnumerable<Point> Points(string measurement, DateTimeOffset from, DateTimeOffset to, int? limit, params ImmutableArray<Filter> where) => Store.ReadAsync(
        new PointQuery { Measurement = measurement, From = from, To = to, Where = where, Limit = limit, Descending = true }, CancellationToken.None);

    private static string IdOf(Point point) => (string)point.Fields[CaseId];
}
