using CityPerception.Core.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CityPerception.Storage.Operations.Rollups;

/// <summary>An hour that late observations touched.</summary>
public readonly record struct TouchedHour(string Channel, string Measurement, DateTimeOffset Start);

/// <summary>Watermarks and dirty windows, shared by all servers of a city.</summary>
public sealed class RollupState(IDbContextFactory<OperationalDb> databases, TimeProvider clock) : IRollupState
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>In place of a channel: the watermark of its days tells from when on points are kept; what was before is deleted, and not computed anew.</summary>
    public const string Kept = "";

    /// <inheritdoc/>
    public async Task TouchAsync(IReadOnlyDictionary<TouchedHour, long> bits, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // In one order everywhere: two servers that touch the same hours do not wait for each other in a ring.
        foreach ((TouchedHour hour, long pending) in bits.OrderBy(static b => (b.Key.Channel, b.Key.Measurement, b.Key.Start)))
        {
            long start = hour.Start.ToUnixTimeMilliseconds();
            await db.Database.ExecuteSqlAsync(
                $"""
                 INSERT INTO dirty_hours (channel, measurement, start, pending, version) VALUES ({hour.Channel}, {hour.Measurement}, {start}, {pending}, 1)
                 ON CONFLICT (channel, measurement, start) DO UPDATE SET pending = dirty_hours.pending | excluded.pending, version = dirty_hours.version + 1
                 """, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DirtyHour>> DirtyAsync(string channel, long bits, int limit, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.DirtyHours.AsNoTracking().Where(d => d.Channel == channel && (d.Pending & bits) != 0).OrderBy(d => d.Start).Take(limit).ToListAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ClearAsync(IReadOnlyCollection<(DirtyHour Hour, long Bits)> done, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach ((DirtyHour hour, long bits) in done)
        {
            long keep = ~bits;
            await db.DirtyHours.Where(d => d.Channel == hour.Channel && d.Measurement == hour.Measurement && d.Start == hour.Start && d.Version == hour.Version)
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.Pending, d => d.Pending & keep), cancellationToken);
        }

        await db.DirtyHours.Where(static d => d.Pending == 0).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> ThroughAsync(string channel, ViewWindow window, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return (await db.RollupWatermarks.AsNoTracking().SingleOrDefaultAsync(w => w.Channel == channel && w.Window == window, cancellationToken))?.Through;
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> KeptFromAsync(CancellationToken cancellationToken) =>
        await ThroughAsync(Kept, ViewWindow.Day, cancellationToken) ?? DateTimeOffset.MinValue;

    /// <summary>The first time whose points the channels still have to look at: windows not computed yet, and those that late data touched. Null for none.</summary>
    public async Task<DateTimeOffset?> FirstNeededAsync(IReadOnlyCollection<string> channels, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        DateTimeOffset? due = await db.RollupWatermarks.Where(w => channels.Contains(w.Channel)).OrderBy(w => w.Through).Select(w => (DateTimeOffset?)w.Through).FirstOrDefaultAsync(cancellationToken);
        DateTimeOffset? dirty = await db.DirtyHours.Where(d => channels.Contains(d.Channel)).OrderBy(d => d.Start).Select(d => (DateTimeOffset?)d.Start).FirstOrDefaultAsync(cancellationToken);
        return due is null || dirty < due ? dirty ?? due : due;
    }

    /// <summary>Takes away what is noted of other channels before a time, which nobody will compute. How many hours.</summary>
    public async Task<int> ForgetOthersAsync(IReadOnlyCollection<string> channels, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.DirtyHours.Where(d => !channels.Contains(d.Channel) && d.Start < before).ExecuteDeleteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RollupTurn?> TryBeginAsync(string channel, ViewWindow window, DateTimeOffset begin, CancellationToken cancellationToken)
    {
        var turn = Guid.CreateVersion7();
        DateTimeOffset now = clock.GetUtcNow(), until = now + Lease;
        await using OperationalDb db = databases.CreateDbContext();
        string name = window.ToString();
        long through = begin.ToUnixTimeMilliseconds();
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO rollup_watermarks (channel, \"window\", through, held_until) VALUES ({channel}, {name}, {through}, 0) ON CONFLICT (channel, \"window\") DO NOTHING", cancellationToken);
        int taken = await Mine(db, channel, window).Where(w => w.Holder == null || w.HeldUntil < now)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.Holder, turn).SetProperty(w => w.HeldUntil, until), cancellationToken);
        if (taken == 0) return null;
        DateTimeOffset reached = await Mine(db, channel, window).Select(static w => w.Through).SingleAsync(cancellationToken);
        return new RollupTurn(channel, window, turn, reached);
    }

    /// <inheritdoc/>
    public async Task<bool> AdvanceAsync(RollupTurn turn, DateTimeOffset through, CancellationToken cancellationToken)
    {
        DateTimeOffset until = clock.GetUtcNow() + Lease;
        await using OperationalDb db = databases.CreateDbContext();
        return await Mine(db, turn.Channel, turn.Window).Where(w => w.Holder == turn.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.Through, through).SetProperty(w => w.HeldUntil, until), cancellationToken) > 0;
    }

    /// <inheritdoc/>
    public async Task EndAsync(RollupTurn turn)
    {
        await using OperationalDb db = databases.CreateDbContext();
        await Mine(db, turn.Channel, turn.Window).Where(w => w.Holder == turn.Id).ExecuteUpdateAsync(set => set.SetProperty(w => w.Holder, (Guid?)null));
    }

    private static IQueryable<RollupWatermark> Mine(OperationalDb db, string channel, ViewWindow window) => db.RollupWatermarks.Where(w => w.Channel == channel && w.Window == window);
}

/// <summary>The right to compute windows of a channel.</summary>
/// <param name="Channel">Whose.</param>
/// <param name="Window">Of which length.</param>
/// <param name="Id">Of this run.</param>
/// <param name="Through">How far they were computed when it began.</param>
public sealed record RollupTurn(string Channel, ViewWindow Window, Guid Id, DateTimeOffset Through);
