using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CityPerception.Storage.Operations.Access;

/// <summary>All who may come in by HTTP, as of a revision.</summary>
/// <param name="Revision">It differs when anything does.</param>
/// <param name="Users">Everybody, disabled ones too.</param>
/// <param name="Keys">Those that are not revoked.</param>
public sealed record AccessList(long Revision, IReadOnlyList<User> Users, IReadOnlyList<ApiKey> Keys);

/// <summary>People and keys. What it says holds within seconds, for the server that runs beside as well.</summary>
public sealed class AccessRegistry(IDbContextFactory<OperationalDb> databases, TimeProvider clock)
{
    /// <summary>Adds a person. False if the name is taken.</summary>
    /// <param name="name">Lower case.</param>
    /// <param name="passwordHash">See <see cref="AccessSecrets.HashPassword"/>.</param>
    /// <param name="roles">Some of <see cref="UserRoles.All"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<bool> AddUserAsync(string name, string passwordHash, IEnumerable<string> roles, CancellationToken cancellationToken) => ChangeAsync(async db =>
    {
        if (await db.Users.AnyAsync(u => u.Name == name, cancellationToken)) return false;
        DateTimeOffset now = clock.GetUtcNow();
        db.Users.Add(new User { Id = Guid.CreateVersion7(now), Name = name, PasswordHash = passwordHash, Stamp = NewStamp(), Roles = string.Join(' ', roles), CreatedAt = now });
        return true;
    }, cancellationToken);

    /// <summary>Ends a person's sessions and lets them sign in no more, or again. False if there is nobody of the name.</summary>
    public Task<bool> SetDisabledAsync(string name, bool isDisabled, CancellationToken cancellationToken) => ChangeUserAsync(name, user =>
    {
        user.DisabledAt = isDisabled ? user.DisabledAt ?? clock.GetUtcNow() : null;
        user.Stamp = NewStamp();
    }, cancellationToken);

    /// <summary>Gives a person another password, and ends their sessions. False if there is nobody of the name.</summary>
    public Task<bool> SetPasswordAsync(string name, string passwordHash, CancellationToken cancellationToken) => ChangeUserAsync(name, user =>
    {
        user.PasswordHash = passwordHash;
        user.Stamp = NewStamp();
    }, cancellationToken);

    /// <summary>Gives a person these roles and no others. False if there is nobody of the name.</summary>
    public Task<bool> SetRolesAsync(string name, IEnumerable<string> roles, CancellationToken cancellationToken) =>
        ChangeUserAsync(name, user => user.Roles = string.Join(' ', roles), cancellationToken);

    /// <summary>Adds a key. False if one of the name is in use.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="hash">See <see cref="AccessSecrets.HashKey"/>.</param>
    /// <param name="scopes">See <see cref="KeyScopes"/>.</param>
    /// <param name="rate">So many requests a second; null for what the settings say.</param>
    /// <param name="expiresAt">Null for never.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<bool> AddKeyAsync(string name, string hash, IEnumerable<string> scopes, int? rate, DateTimeOffset? expiresAt, CancellationToken cancellationToken) => ChangeAsync(async db =>
    {
        if (await db.ApiKeys.AnyAsync(k => k.Name == name && k.RevokedAt == null, cancellationToken)) return false;
        DateTimeOffset now = clock.GetUtcNow();
        db.ApiKeys.Add(new ApiKey { Id = Guid.CreateVersion7(now), Name = name, Hash = hash, Scopes = string.Join(' ', scopes), Rate = rate, CreatedAt = now, ExpiresAt = expiresAt });
        return true;
    }, cancellationToken);

    /// <summary>Takes a key no more. False if none of the name is in use.</summary>
    public Task<bool> RevokeKeyAsync(string name, CancellationToken cancellationToken) => ChangeAsync(async db =>
    {
        if (await db.ApiKeys.SingleOrDefaultAsync(k => k.Name == name && k.RevokedAt == null, cancellationToken) is not { } key) return false;
        key.RevokedAt = clock.GetUtcNow();
        return true;
    }, cancellationToken);

    /// <summary>Everybody, by name.</summary>
    public async Task<IReadOnlyList<User>> ListUsersAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.Users.AsNoTracking().OrderBy(u => u.Name).ToListAsync(cancellationToken);
    }

    /// <summary>Every key there ever was, by name and age.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.ApiKeys.AsNoTracking().OrderBy(k => k.Name).ThenBy(k => k.CreatedAt).ToListAsync(cancellationToken);
    }

    /// <summary>The revision that the last change had.</summary>
    public async Task<long> RevisionAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        return await db.AccessStates.Select(s => s.Revision).SingleAsync(cancellationToken);
    }

    /// <summary>All who may come in.</summary>
    public async Task<AccessList> ReadAsync(CancellationToken cancellationToken)
    {
        // The revision first: a change between the two is read again, and none is missed.
        long revision = await RevisionAsync(cancellationToken);
        await using OperationalDb db = databases.CreateDbContext();
        return new AccessList(
            revision,
            await db.Users.AsNoTracking().ToListAsync(cancellationToken),
            await db.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null).ToListAsync(cancellationToken));
    }

    private Task<bool> ChangeUserAsync(string name, Action<User> change, CancellationToken cancellationToken) => ChangeAsync(async db =>
    {
        if (await db.Users.SingleOrDefaultAsync(u => u.Name == name, cancellationToken) is not { } user) return false;
        change(user);
        return true;
    }, cancellationToken);

    // The row of the revision is held until the transaction ends, so changes come one after the other.
    private async Task<bool> ChangeAsync(Func<OperationalDb, Task<bool>> change, CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.AccessStates.ExecuteUpdateAsync(set => set.SetProperty(s => s.Revision, s => s.Revision + 1), cancellationToken);
        if (!await change(db)) return false;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static string NewStamp() => Guid.NewGuid().ToString("N");
}
