using System.Data.Common;
using CityPerception.Core.Cases;
using CityPerception.Storage.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CityPerception.Storage.Cases;

/// <summary>Adds points to cases: reads the cases that they belong to, adds, and writes what follows, in one transaction.</summary>
public sealed class CaseTable(IDbContextFactory<OperationalDb> databases, Func<CaseTerms> terms, TimeProvider clock)
{
    /// <summary>A rebuild that has not gone on for so long has ended.</summary>
    public static readonly TimeSpan DraftIsOld = TimeSpan.FromMinutes(15);

    /// <summary>Adds new points to the edition that counts, and to the one that is being rebuilt.</summary>
    /// <exception cref="DbException">The database does not answer: nothing has changed.</exception>
    public Task AddAsync(IEnumerable<(CaseKey Key, CaseEvent Point)> points, CancellationToken cancellationToken)
    {
        ILookup<CaseKey, CaseEvent> byCase = points.ToLookup(p => p.Key, p => p.Point);
        return LockedAsync(async (db, book, sql, transaction) =>
        {
            await AddAsync(byCase, book.Edition, isOlder: false, sql, transaction, cancellationToken);
            if (book.Draft is not { } draft) return;
            if (clock.GetUtcNow() - book.DraftAt > DraftIsOld) await EndDraftAsync(db, cancellationToken);
            else await AddAsync(byCase, draft, isOlder: false, sql, transaction, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Adds points of the store to the edition that is being rebuilt; what came since has the later word.</summary>
    /// <exception cref="RebuildLostException">It is not being rebuilt any more.</exception>
    /// <exception cref="DbException">The database does not answer: nothing has changed.</exception>
    internal Task AddToDraftAsync(IEnumerable<(CaseKey Key, CaseEvent Point)> points, int draft, CancellationToken cancellationToken)
    {
        ILookup<CaseKey, CaseEvent> byCase = points.ToLookup(p => p.Key, p => p.Point);
        return LockedAsync(async (db, book, sql, transaction) =>
        {
            if (book.Draft != draft) throw new RebuildLostException();
            await AddAsync(byCase, draft, isOlder: true, sql, transaction, cancellationToken);
            DateTimeOffset now = clock.GetUtcNow();
            await db.CaseBooks.ExecuteUpdateAsync(set => set.SetProperty(b => b.DraftAt, now), cancellationToken);
        }, cancellationToken);
    }

    /// <summary>How many cases that are shown ended before a time.</summary>
    public async Task<int> CountEndedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        int edition = await db.CaseBooks.Select(static b => b.Edition).SingleAsync(cancellationToken);
        return await db.Cases.CountAsync(c => c.Edition == edition && c.EndedAt < before, cancellationToken);
    }

    /// <summary>Deletes the cases that ended before a time, in parts, so that who wants to write is not kept waiting. How many.</summary>
    /// <exception cref="DbException">The database does not answer; some may be deleted.</exception>
    public async Task<int> DeleteEndedAsync(DateTimeOffset before, int atOnce, CancellationToken cancellationToken)
    {
        int all = 0, deleted = atOnce;
        while (deleted == atOnce)
        {
            await LockedAsync(async (_, _, sql, transaction) => deleted = await sql.DeleteEndedAsync(transaction, before, atOnce, cancellationToken), cancellationToken);
            all += deleted;
        }

        return all;
    }

    /// <summary>Does something while nobody changes cases.</summary>
    internal async Task LockedAsync(Func<OperationalDb, CaseBook, CaseSql, DbTransaction, Task> work, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var sql = CaseSql.Of(db.Database.GetDbConnection());
        await sql.LockAsync(transaction.GetDbTransaction(), cancellationToken);
        await work(db, await db.CaseBooks.AsNoTracking().SingleAsync(cancellationToken), sql, transaction.GetDbTransaction());
        await transaction.CommitAsync(cancellationToken);
    }

    internal static Task EndDraftAsync(OperationalDb db, CancellationToken cancellationToken) =>
        db.CaseBooks.ExecuteUpdateAsync(set => set.SetProperty(b => b.Draft, (int?)null), cancellationToken);

    private async Task AddAsync(ILookup<CaseKey, CaseEvent> points, int edition, bool isOlder, CaseSql sql, DbTransaction transaction, CancellationToken cancellationToken)
    {
        CaseTerms now = terms();
        CaseKey[] keys = [.. points.Select(p => p.Key)];
        Dictionary<CaseKey, byte[]> kept = await sql.LoadAsync(transaction, edition, keys, cancellationToken);
        List<CaseRow> rows = new(keys.Length);
        foreach (IGrouping<CaseKey, CaseEvent> one in points)
        {
            CaseEvents events = kept.TryGetValue(one.Key, out byte[]? bytes) ? CaseEvents.FromBytes(bytes) : new CaseEvents();
            foreach (CaseEvent point in one) events.Add(point, isOlder);
            rows.Add(CaseRow.Of(edition, one.Key, events, now));
        }

        await sql.WriteAsync(transaction, rows, cancellationToken);
    }
}

/// <summary>Another rebuild has begun, or this one has stood still for too long.</summary>
public sealed class RebuildLostException() : Exception("Another rebuild has begun, or this one stood still for too long.");
