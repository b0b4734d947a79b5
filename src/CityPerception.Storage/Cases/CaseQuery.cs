using CityPerception.Core.Cases;
using CityPerception.Storage.Operations;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Cases;

/// <summary>Which cases are wanted; null for any.</summary>
public sealed record CaseFilter
{
    public string? Source { get; init; }

    /// <summary>Any of these numbers.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    public string? District { get; init; }

    public string? Grid { get; init; }

    public string? Category { get; init; }

    public string? Dept { get; init; }

    public string? State { get; init; }

    public bool? IsOpen { get; init; }

    /// <summary>Open, and its deadline is past at <see cref="Now"/>.</summary>
    public bool? IsOverdue { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Those that follow this one; null for all.</summary>
    public CasePlace? After { get; init; }

    public required int Limit { get; init; }
}

/// <summary>Where a case stands in the list: the last changed first.</summary>
public sealed record CasePlace(DateTimeOffset ChangedAt, string Source, string Id);

/// <summary>Reads cases.</summary>
public sealed class CaseQuery(IDbContextFactory<OperationalDb> databases)
{
    /// <summary>The cases that fit, the last changed first.</summary>
    public async Task<IReadOnlyList<CaseRow>> ListAsync(CaseFilter filter, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(b => b.Edition).SingleAsync(cancellationToken);
        IQueryable<CaseRow> cases = db.Cases.AsNoTracking().Where(c => c.Edition == edition && c.State != "");
        if (filter.Source is { } source) cases = cases.Where(c => c.Source == source);
        if (filter.Ids is { } ids) cases = cases.Where(c => ids.Contains(c.Id));
        if (filter.District is { } district) cases = cases.Where(c => c.District == district);
        if (filter.Grid is { } grid) cases = cases.Where(c => c.Grid == grid);
        if (filter.Category is { } category) cases = cases.Where(c => c.Category == category);
        if (filter.Dept is { } dept) cases = cases.Where(c => c.Dept == dept);
        if (filter.State is { } state) cases = cases.Where(c => c.State == state);
        if (filter.IsOpen is { } isOpen) cases = cases.Where(c => c.IsOpen == isOpen);
        DateTimeOffset now = filter.Now;
        if (filter.IsOverdue == true) cases = cases.Where(c => c.IsOpen && c.Misses && c.DeadlineAt < now);
        if (filter.IsOverdue == false) cases = cases.Where(c => !(c.IsOpen && c.Misses) || c.DeadlineAt >= now);
        if (filter.After is { } after)
        {
            cases = cases.Where(c => c.ChangedAt < after.ChangedAt
                || (c.ChangedAt == after.ChangedAt && (c.Source.CompareTo(after.Source) > 0 || (c.Source == after.Source && c.Id.CompareTo(after.Id) > 0))));
        }

        return await cases.OrderByDescending(c => c.ChangedAt).ThenBy(c => c.Source).ThenBy(c => c.Id).Take(filter.Limit).ToListAsync(cancellationToken);
    }

    /// <summary>The cases with this id: of one source, or, where several have it, of each.</summary>
    public async Task<IReadOnlyList<CaseRow>> FindAsync(string? source, string id, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(b => b.Edition).SingleAsync(cancellationToken);
        return await db.Cases.AsNoTracking().Where(c => c.Edition == edition && c.State != "" && c.Id == id && (source == null || c.Source == source)).OrderBy(c => c.Source).ToListAsync(cancellationToken);
    }

    /// <summary>How many cases are open in each district that has one.</summary>
    public async Task<IReadOnlyDictionary<string, int>> OpenByDistrictAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(b => b.Edition).SingleAsync(cancellationToken);
        return await db.Cases.AsNoTracking().Where(c => c.Edition == edition && c.IsOpen && c.State != "" && c.District != "")
            .GroupBy(c => c.District).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
    }

    /// <summary>Cases that have a point of the state overdue to be written or taken back by now, the earliest first.</summary>
    /// <param name="since">What was due before is left.</param>
    /// <param name="now">What is due later is left.</param>
    /// <param name="after">Those that follow this one.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<CaseRow>> DueAsync(DateTimeOffset since, DateTimeOffset now, CaseKey? after, int limit, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(b => b.Edition).SingleAsync(cancellationToken);
        IQueryable<CaseRow> due = db.Cases.AsNoTracking().Where(c => c.Edition == edition && c.ClockAt != null && c.ClockAt >= since && c.ClockAt <= now);
        if (after is { } place) due = due.Where(c => c.Id.CompareTo(place.Id) > 0 || (c.Id == place.Id && c.Source.CompareTo(place.Source) > 0));
        return await due.OrderBy(c => c.Id).ThenBy(c => c.Source).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>When the next one after now is due; null for none.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(b => b.Edition).SingleAsync(cancellationToken);
        return await db.Cases.Where(c => c.Edition == edition && c.ClockAt != null && c.ClockAt > now).OrderBy(c => c.ClockAt).Select(c => c.ClockAt).FirstOrDefaultAsync(cancellationToken);
    }
}
