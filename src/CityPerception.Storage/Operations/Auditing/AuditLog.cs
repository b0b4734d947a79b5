using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Operations.Auditing;

/// <summary>Which entries are asked for; null for whatever.</summary>
public sealed record AuditFilter
{
    public string? Who { get; init; }

    public string? Action { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>Not itself.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Those older than this one.</summary>
    public Guid? Before { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>The record of who did what: added to, read, and after its time removed.</summary>
public sealed class AuditLog(IDbContextFactory<OperationalDb> databases, TimeProvider clock)
{
    /// <summary>Adds an entry of now; texts that are too long are cut.</summary>
    public async Task AddAsync(string who, string action, string target, string origin, string result, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using OperationalDb db = databases.CreateDbContext();
        db.Audit.Add(new AuditEntry { Id = Guid.CreateVersion7(now), At = now, Who = Cut(who), Action = Cut(action), Target = Cut(target), Origin = Cut(origin), Result = Cut(result) });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        IQueryable<AuditEntry> found = db.Audit.AsNoTracking();
        if (filter.Who is { } who) found = found.Where(e => e.Who == who);
        if (filter.Action is { } action) found = found.Where(e => e.Action == action);
        if (filter.Since is { } since) found = found.Where(e => e.At >= since);
        if (filter.Until is { } until) found = found.Where(e => e.At < until);
        if (filter.Before is { } before) found = found.Where(e => e.Id.CompareTo(before) < 0);
        return await found.OrderByDescending(e => e.Id).Take(filter.Limit).ToListAsync(cancellationToken);
    }

    /// <summary>Removes what is older. Returns how many.</summary>
    public async Task<int> RemoveBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.Audit.Where(e => e.At < time).ExecuteDeleteAsync(cancellationToken);
    }

    private static string Cut(string text) => text.Length <= AuditEntry.MaxTextLength ? text : text[..(AuditEntry.MaxTextLength - 1)] + "…";
}
