using CityPerception.Core.Observations;
using CityPerception.Storage.Operations;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Links;

/// <summary>Which links are wanted.</summary>
/// <param name="Measurement">Of the appeals that are duplicates; null for any.</param>
/// <param name="District">Likewise.</param>
/// <param name="Before">Older than this.</param>
/// <param name="Limit">At most so many.</param>
public sealed record LinkFilter(string? Measurement, string? District, DateTimeOffset? Before, int Limit);

/// <summary>An appeal that is not the first of its matter, and the first.</summary>
public sealed record DuplicateLink(AppealRow Duplicate, AppealRow First);

/// <summary>What is asked of the links.</summary>
public sealed class LinkQueries(OperationalDbs databases)
{
    private const int MaxMembers = 1_000;

    /// <summary>Links, the newest first.</summary>
    public async Task<IReadOnlyList<DuplicateLink>> ListAsync(LinkFilter filter, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        IQueryable<AppealRow> duplicates = db.Appeals.AsNoTracking().Where(a => a.Representative != a.Key);
        if (filter.Measurement is { } measurement) duplicates = duplicates.Where(a => a.Measurement == measurement);
        if (filter.District is { } district) duplicates = duplicates.Where(a => a.District == district);
        if (filter.Before is { } before && before.ToUnixNs() is var end) duplicates = duplicates.Where(a => a.TimeNs < end);
        return await duplicates.OrderByDescending(a => a.TimeNs).ThenBy(a => a.Id).Take(filter.Limit)
            .Join(db.Appeals.AsNoTracking(), a => a.Representative, r => r.Key, (a, r) => new DuplicateLink(a, r)).ToListAsync(cancellationToken);
    }

    /// <summary>The appeals of one matter, by time, the first thousand; empty if no such appeal is kept.</summary>
    /// <param name="key">Of any of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<AppealRow>> FindMatterAsync(Guid key, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.Appeals.AsNoTracking()
            .Where(a => db.Appeals.Where(one => one.Key == key).Select(one => one.Representative).Contains(a.Representative))
            .OrderBy(a => a.TimeNs).ThenBy(a => a.Id).Take(MaxMembers).ToListAsync(cancellationToken);
    }

    /// <summary>Operators' words, the newest first.</summary>
    public async Task<IReadOnlyList<AppealVerdict>> ListVerdictsAsync(int limit, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.AppealVerdicts.AsNoTracking().OrderByDescending(v => v.At).ThenBy(v => v.FirstId).Take(limit).ToListAsync(cancellationToken);
    }
}
