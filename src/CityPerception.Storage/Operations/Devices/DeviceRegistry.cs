using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CityPerception.Storage.Operations.Devices;

/// <summary>A credential on its way into the registry.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Secret">What is kept of it: the hash, the encrypted key or the thumbprint.</param>
public readonly record struct NewCredential(CredentialKind Kind, string Secret);

/// <summary>What has become of a device.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsDisabled">It may not connect.</param>
/// <param name="Revision">The registry's when it was last changed.</param>
public readonly record struct DeviceChange(string Id, bool IsDisabled, long Revision);

/// <summary>Who may send. What it says holds at once, for the server that runs beside as well.</summary>
public sealed class DeviceRegistry(IDbContextFactory<OperationalDb> databases, TimeProvider clock)
{
    /// <summary>So many are added in one transaction.</summary>
    public const int BatchDevices = 1_000;

    /// <summary>Adds devices; those that are there already are left as they are. Returns the ids of those.</summary>
    public async Task<IReadOnlyList<string>> AddAsync(IReadOnlyList<(string Id, string? Note, NewCredential? Credential)> devices, CancellationToken cancellationToken)
    {
        List<string> known = [];
        foreach ((string, string?, NewCredential?)[] batch in devices.Chunk(BatchDevices)) known.AddRange(await AddBatchAsync(batch, cancellationToken));
        return known;
    }

    /// <summary>A device with its credentials; null if there is none of the id.</summary>
    public async Task<Device?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.Devices.AsNoTracking().Include(d => d.Credentials).SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
    }

    /// <summary>Devices in the order of their ids, with their credentials.</summary>
    /// <param name="after">Those that follow this id; all for "".</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<Device>> ListAsync(string after, int limit, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.Devices.AsNoTracking().Include(d => d.Credentials).Where(d => d.Id.CompareTo(after) > 0).OrderBy(d => d.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The same, of those whose id contains a text.</summary>
    public async Task<IReadOnlyList<Device>> SearchAsync(string part, string after, int limit, CancellationToken cancellationToken)
    {
        if (part.Length == 0) return await ListAsync(after, limit, cancellationToken);
        await using OperationalDb db = databases.CreateDbContext();
        return await db.Devices.AsNoTracking().Include(d => d.Credentials).Where(d => d.Id.Contains(part) && d.Id.CompareTo(after) > 0).OrderBy(d => d.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>Lets a device in no more, or again. False if there is none of the id.</summary>
    public async Task<bool> SetDisabledAsync(string id, bool isDisabled, CancellationToken cancellationToken)
    {
        DateTimeOffset? since = isDisabled ? clock.GetUtcNow() : null;
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        long revision = await NextRevisionAsync(db, cancellationToken);
        int found = await db.Devices.Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.DisabledAt, since).SetProperty(d => d.Revision, revision), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return found > 0;
    }

    /// <summary>
    /// Gives a device another credential. The one of its kind that was in use is taken until the next rotation, so that the
    /// device can be told in the meantime; the one before that is gone.
    /// </summary>
    /// <returns>False if there is no device of the id.</returns>
    public async Task<bool> RotateAsync(string id, NewCredential credential, bool dropsOld, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        long revision = await NextRevisionAsync(db, cancellationToken);
        Device? device = await db.Devices.Include(d => d.Credentials).SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
        if (device is null) return false;

        foreach (DeviceCredential old in device.Credentials.Where(c => c.Kind == credential.Kind).ToArray())
        {
            if (old.ReplacedAt is not null || dropsOld) db.DeviceCredentials.Remove(old);
            else old.ReplacedAt = now;
        }

        device.Revision = revision;
        db.DeviceCredentials.Add(Make(id, credential, now));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Devices that were added, disabled, enabled or given another credential after a revision, in the order of their revisions; all of them after −1. No more is read of them than this says, since there may be as many as a city has.</summary>
    public async IAsyncEnumerable<DeviceChange> ChangesAsync(long revision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        IQueryable<Device> changed = db.Devices.AsNoTracking().Where(d => d.Revision > revision).OrderBy(d => d.Revision);
        await foreach (DeviceChange change in changed.Select(d => new DeviceChange(d.Id, d.DisabledAt != null, d.Revision)).AsAsyncEnumerable().WithCancellation(cancellationToken)) yield return change;
    }

    /// <summary>The devices of these ids, with their credentials; those that are not there are left out.</summary>
    public async Task<IReadOnlyList<Device>> FindAllAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        List<Device> found = [];
        foreach (string[] batch in ids.Chunk(BatchDevices))
        {
            await using OperationalDb db = databases.CreateDbContext();
            found.AddRange(await db.Devices.AsNoTracking().Include(d => d.Credentials).Where(d => batch.Contains(d.Id)).ToListAsync(cancellationToken));
        }

        return found;
    }

    /// <summary>The revision that the last such change had.</summary>
    public async Task<long> RevisionAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.RegistryStates.Select(s => s.Revision).SingleAsync(cancellationToken);
    }

    // Holds the row until the transaction ends: whoever reads a revision has seen every one before it.
    private static async Task<long> NextRevisionAsync(OperationalDb db, CancellationToken cancellationToken)
    {
        await db.RegistryStates.ExecuteUpdateAsync(set => set.SetProperty(s => s.Revision, s => s.Revision + 1), cancellationToken);
        return await db.RegistryStates.Select(s => s.Revision).SingleAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> AddBatchAsync((string Id, string? Note, NewCredential? Credential)[] batch, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        long revision = await NextRevisionAsync(db, cancellationToken);
        string[] ids = [.. batch.Select(d => d.Id)];
        HashSet<string> known = [.. await db.Devices.Where(d => ids.Contains(d.Id)).Select(d => d.Id).ToListAsync(cancellationToken)];
        foreach ((string id, string? note, NewCredential? credential) in batch.Where(d => !known.Contains(d.Id)))
        {
            db.Devices.Add(new Device { Id = id, Note = note, CreatedAt = now, Revision = revision });
            if (credential is { } shown) db.DeviceCredentials.Add(Make(id, shown, now));
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. known];
    }

    private static DeviceCredential Make(string id, NewCredential credential, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        DeviceId = id,
        Kind = credential.Kind,
        Secret = credential.Secret,
        CreatedAt = now,
    };
}
