using System.Runtime.CompilerServices;
using CityPerception.Core.Cases;
using CityPerception.Core.Queries;
using CityPerception.Storage.Operations;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Cases;

/// <summary>How far a rebuild is.</summary>
/// <param name="Points">Points of the store that have been read.</param>
/// <param name="Of">How many there are.</param>
public readonly record struct RebuildProgress(long Points, long Of);

/// <summary>
/// Makes all cases anew from the store, beside those that are read, and puts them in their place when they are complete.
/// Servers go on meanwhile: what they store goes to both.
/// </summary>
public sealed class CaseRebuild(IStore store, IDbContextFactory<OperationalDb> databases, CaseTable table, Func<CaseTerms> terms, TimeProvider clock)
{
    /// <summary>So many points go to the database at once.</summary>
    private const int BatchPoints = 50_000;

    /// <summary>About so many points are asked for at once: a store sorts them.</summary>
    private const long RangePoints = 200_000;

    private const int DeletedAtOnce = 20_000;

    /// <summary>Rebuilds.</summary>
    /// <param name="from">Nothing is older.</param>
    /// <param name="to">Nothing is younger.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends it: then everything is as it was.</param>
    /// <returns>How many cases there are; null if another rebuild is under way.</returns>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    /// <exception cref="System.Data.Common.DbException">The database does not.</exception>
    /// <exception cref="RebuildLostException">It stood still too long.</exception>
    public async Task<int?> RunAsync(DateTimeOffset from, DateTimeOffset to, Func<RebuildProgress, ValueTask> report, CancellationToken cancellationToken)
    {
        if (await BeginAsync(cancellationToken) is not { } draft) return null;
        try
        {
            await FillAsync(draft, from, to, report, cancellationToken);
            await table.LockedAsync(async (db, book, _, _) =>
            {
                if (book.Draft != draft) throw new RebuildLostException();
                await db.CaseBooks.ExecuteUpdateAsync(set => set.SetProperty(b => b.Edition, draft).SetProperty(b => b.Draft, (int?)null), cancellationToken);
            }, cancellationToken);
        }
        catch
        {
            await AbandonAsync(draft);
            throw;
        }

        await DeleteOthersAsync(draft, null, CancellationToken.None);
        await using OperationalDb done = databases.CreateDbContext();
        return await done.Cases.CountAsync(c => c.Edition == draft && c.State != "", cancellationToken);
    }

    private async Task<int?> BeginAsync(CancellationToken cancellationToken)
    {
        int? begun = null;
        await table.LockedAsync(async (db, book, _, _) =>
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (book.Draft is not null && now - book.DraftAt <= CaseTable.DraftIsOld) return;
            int last = await db.Cases.MaxAsync(c => (int?)c.Edition, cancellationToken) ?? 0;
            int draft = Math.Max(last, Math.Max(book.Edition, book.Draft ?? 0)) + 1;
            await db.CaseBooks.ExecuteUpdateAsync(set => set.SetProperty(b => b.Draft, draft).SetProperty(b => b.DraftAt, now), cancellationToken);
            begun = draft;
        }, cancellationToken);
        if (begun is { } edition) await DeleteOthersAsync(await EditionAsync(cancellationToken), edition, cancellationToken); // what a rebuild left that was killed
        return begun;
    }

    private async Task FillAsync(int draft, DateTimeOffset from, DateTimeOffset to, Func<RebuildProgress, ValueTask> report, CancellationToken cancellationToken)
    {
        List<StoredRange> ranges = await StoredRange.FindAsync(store, from, to, RangePoints, cancellationToken);
        var progress = new RebuildProgress(0, ranges.Sum(r => r.Points));
        List<(CaseKey, CaseEvent)> points = new(BatchPoints);
        await foreach ((CaseKey, CaseEvent)? point in ReadAsync(ranges, cancellationToken))
        {
            progress = progress with { Points = progress.Points + 1 };
            if (point is { } known) points.Add(known);
            if (points.Count < BatchPoints) continue;
            await table.AddToDraftAsync(points, draft, cancellationToken);
            points.Clear();
            await report(progress);
        }

        await table.AddToDraftAsync(points, draft, cancellationToken);
        await report(progress with { Points = progress.Of });
    }

    private async IAsyncEnumerable<(CaseKey, CaseEvent)?> ReadAsync(List<StoredRange> ranges, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CaseTerms now = terms();
        foreach (StoredRange range in ranges)
        {
            var query = new PointQuery { Measurement = range.Measurement, Fields = CaseMeasurements.Fields, From = range.From, To = range.To };
            await foreach (Point point in store.ReadAsync(query, cancellationToken)) yield return CaseReader.Read(range.Measurement, point, now);
        }
    }

    private async Task AbandonAsync(int draft)
    {
        try
        {
            await table.LockedAsync(async (db, book, _, _) =>
            {
                if (book.Draft == draft) await CaseTable.EndDraftAsync(db, CancellationToken.None);
            }, CancellationToken.None);
            await DeleteOthersAsync(await EditionAsync(CancellationToken.None), null, CancellationToken.None);
        }
        catch (System.Data.Common.DbException)
        {
            // The next rebuild clears it away.
        }
    }

    private async Task<int> EditionAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.CaseBooks.Select(b => b.Edition).SingleAsync(cancellationToken);
    }

    // In parts: who wants to write in between is not kept waiting.
    private async Task DeleteOthersAsync(int edition, int? draft, CancellationToken cancellationToken)
    {
        int deleted = 0;
        do
        {
            await table.LockedAsync(async (_, _, sql, transaction) => deleted = await sql.DeleteOthersAsync(transaction, edition, draft, DeletedAtOnce, cancellationToken), cancellationToken);
        }
        while (deleted == DeletedAtOnce);
    }
}
