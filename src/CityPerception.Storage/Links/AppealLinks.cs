using System.Data.Common;
using CityPerception.Core.Observations;
using CityPerception.Storage.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CityPerception.Storage.Links;

/// <summary>
/// Keeps the links between appeals in the operational database. What is within the window is in memory as well; several
/// processes may work at one database, each takes up what the others changed before it changes something itself.
/// </summary>
public sealed class AppealLinks(OperationalDbs databases, AppealLinkOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly LinkRule _rule = new(options);
    private LinkEngine _engine = new(new LinkRule(options));
    private long _revision = -1, _epoch = -1, _sweptBefore = long.MinValue;

    /// <summary>Of that age an appeal is settled for good, but for what operators say.</summary>
    public TimeSpan Lateness => options.Lateness;

    /// <summary>Takes appeals and is durable when it returns; those that are known change nothing. Returns how many came too late.</summary>
    /// <param name="appeals">In any order.</param>
    /// <param name="asOf">Now; while links are rebuilt, the time up to which they are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<int> TakeAsync(IReadOnlyCollection<AppealFacts> appeals, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        long latest = (asOf - options.Lateness).ToUnixNs();
        AppealFacts[] inTime = [.. appeals.Where(a => a.TimeNs >= latest)];
        await _turn.WaitAsync(cancellationToken);
        try
        {
            bool isNews = _revision < 0 ? inTime.Length > 0 : inTime.Any(_engine.IsNews);
            if (isNews)
            {
                await ChangeAsync(asOf, (_, _) =>
                {
                    foreach (AppealFacts appeal in inTime) _engine.Put(appeal);
                    return Task.CompletedTask;
                }, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        return appeals.Count - inTime.Length;
    }

    /// <summary>Takes an operator's word that two appeals are, or are not, the same matter. It is kept for good.</summary>
    /// <returns>False if neither of them has a row, or one is not known.</returns>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<bool> DecideAsync(Guid one, Guid other, bool isSame, string reason, string by, CancellationToken cancellationToken)
    {
        bool isKnown = false;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await ChangeAsync(clock.GetUtcNow(), async (db, revision) =>
            {
                List<AppealRow> rows = await db.Appeals.Where(a => a.Key == one || a.Key == other).ToListAsync(cancellationToken);
                isKnown = rows.Count == 2 && (!isSame || rows.TrueForAll(r => _engine.Find(r.Key) is not null));
                if (isKnown) await DecideAsync(db, [.. rows.OrderBy(r => r.Key)], isSame, (reason, by, revision), cancellationToken);
            }, cancellationToken);
            return isKnown;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes everything but operators' words, so that it is built anew.</summary>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LinkStates.ExecuteUpdateAsync(set => set.SetProperty(s => s.Revision, s => s.Revision + 1).SetProperty(s => s.Epoch, s => s.Epoch + 1), cancellationToken);
        await db.Appeals.ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    private async Task DecideAsync(OperationalDb db, AppealRow[] rows, bool isSame, (string Reason, string By, long Revision) said, CancellationToken cancellationToken)
    {
        AppealVerdict? verdict = await db.AppealVerdicts.FindAsync([rows[0].Key, rows[1].Key], cancellationToken);
        if (verdict is null)
        {
            verdict = new AppealVerdict { First = rows[0].Key, Second = rows[1].Key, FirstId = rows[0].Id, SecondId = rows[1].Id, Reason = "", By = "" };
            db.AppealVerdicts.Add(verdict);
        }

        (verdict.IsSame, verdict.Reason, verdict.By, verdict.At, verdict.Revision) = (isSame, said.Reason, said.By, clock.GetUtcNow(), said.Revision);
        _engine.Decide(new Verdict(verdict.First, verdict.Second, isSame));

        // Past the window nothing is compared any more: the later of the two stands alone.
        AppealRow later = rows.MaxBy(r => (r.TimeNs, r.Id))!;
        if (!isSame && _engine.Find(later.Key) is null) (later.Representative, later.Via, later.ByHand, later.Revision) = (later.Key, null, false, said.Revision);
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    // Another process may have removed what was past its window: then everything is read anew.
    private async Task ChangeAsync(DateTimeOffset asOf, Func<OperationalDb, long, Task> change, CancellationToken cancellationToken)
    {
        try
        {
            await ChangeOnceAsync(asOf, change, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            await ChangeOnceAsync(asOf, change, cancellationToken);
        }
    }

    private async Task ChangeOnceAsync(DateTimeOffset asOf, Func<OperationalDb, long, Task> change, CancellationToken cancellationToken)
    {
        long known = _revision;
        _revision = -1; // what is in memory is ahead of the database until this is committed
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LinkStates.ExecuteUpdateAsync(set => set.SetProperty(s => s.Revision, s => s.Revision + 1), cancellationToken);
        LinkState state = await db.LinkStates.AsNoTracking().SingleAsync(cancellationToken);
        long oldest = OldestNs(asOf);
        await CatchUpAsync(db, known, state, oldest, cancellationToken);
        await SweepAsync(db, oldest, asOf, cancellationToken);
        await change(db, state.Revision);
        await SaveAsync(db, _engine.Settle(), state.Revision, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        (_revision, _epoch) = (state.Revision, state.Epoch);
    }

    private async Task CatchUpAsync(OperationalDb db, long known, LinkState state, long oldest, CancellationToken cancellationToken)
    {
        if (known == state.Revision - 1 && _epoch == state.Epoch) return;
        if (known < 0 || _epoch != state.Epoch) (_engine, known) = (new LinkEngine(_rule), -1);
        await foreach (AppealVerdict verdict in db.AppealVerdicts.AsNoTracking().Where(v => v.Revision > known).AsAsyncEnumerable().WithCancellation(cancellationToken))
            _engine.Decide(new Verdict(verdict.First, verdict.Second, verdict.IsSame), isSettled: true);
        await foreach (AppealRow row in db.Appeals.AsNoTracking().Where(a => a.Revision > known && a.TimeNs >= oldest && a.Fingerprint != null).AsAsyncEnumerable().WithCancellation(cancellationToken))
            _engine.Restore(row.ToAppeal());
    }

    // Once a day, when a day has gone past the window.
    private async Task SweepAsync(OperationalDb db, long oldest, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        if (oldest <= _sweptBefore) return;
        _engine.DropBefore(oldest);
        await db.Appeals
            .Where(a => a.TimeNs < oldest && a.Representative == a.Key && !db.Appeals.Any(other => other.Representative == a.Key && other.Key != a.Key))
            .ExecuteDeleteAsync(cancellationToken);
        await db.Appeals.Where(a => a.TimeNs < oldest && a.Fingerprint != null).ExecuteUpdateAsync(set => set.SetProperty(a => a.Fingerprint, (byte[]?)null), cancellationToken);
        long end = (asOf - options.KeepFor).ToUnixNs();
        await db.Appeals.Where(a => a.TimeNs < end).ExecuteDeleteAsync(cancellationToken);
        _sweptBefore = oldest;
    }

    private static async Task SaveAsync(OperationalDb db, IReadOnlyCollection<Appeal> changed, long revision, CancellationToken cancellationToken)
    {
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (Appeal appeal in changed)
        {
            var row = AppealRow.Of(appeal, revision);
            if (appeal.IsStored) db.Appeals.Update(row);
            else db.Appeals.Add(row);
            appeal.IsStored = true;
        }

        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.AutoDetectChangesEnabled = true; // the context goes back to its pool
    }

    // What is settled now needs what was within the window before it; days are dropped whole.
    private long OldestNs(DateTimeOffset asOf)
    {
        DateTimeOffset oldest = asOf - options.Lateness - options.Window;
        return new DateTimeOffset(oldest.UtcDateTime.Date, TimeSpan.Zero).ToUnixNs();
    }
}
