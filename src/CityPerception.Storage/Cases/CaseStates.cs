using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Observations;
using CityPerception.Storage.Operations;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Cases;

/// <summary>The cases of the operational database as calculations see them.</summary>
public sealed class CaseStates(IDbContextFactory<OperationalDb> databases) : ICaseStates
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<CaseSpan>> OpenBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(static b => b.Edition).SingleAsync(cancellationToken);
        return await db.Cases.AsNoTracking()
            .Where(c => c.Edition == edition && c.State != "" && c.BegunAt < to && (c.EndedAt == null || c.EndedAt >= from))
            .Select(static c => new CaseSpan(c.District, c.Dept, c.BegunAt, c.EndedAt, c.DeadlineAt)).ToListAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AppealRepeat>> RepeatsBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        (long start, long end) = (from.ToUnixNs(), to.ToUnixNs());
        await using OperationalDb db = databases.CreateDbContext();
        var found = await db.Appeals.AsNoTracking().Where(a => a.TimeNs >= start && a.TimeNs < end && a.Representative != a.Key)
            .Select(static a => new { a.Measurement, a.District, a.Category, a.TimeNs }).ToListAsync(cancellationToken);
        return [.. found.Select(static a => new AppealRepeat(a.Measurement, a.District ?? "", a.Category ?? "", ObservationTime.FromUnixNs(a.TimeNs)))];
    }
}
