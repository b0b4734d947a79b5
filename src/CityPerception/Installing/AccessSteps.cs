using CityPerception.Storage.Operations.Access;

namespace CityPerception.Installing;

/// <summary>The first administrator. Where there is one already, that one stays the only one, and their password as it is.</summary>
internal sealed class AdministratorStep : IInitStep
{
    public Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken) => InitDatabase.UseAsync(plan, async databases =>
    {
        var people = new AccessRegistry(databases, TimeProvider.System);
        string[] there = [.. (await people.ListUsersAsync(cancellationToken)).Where(u => u.DisabledAt is null && u.Roles.Split(' ').Contains(UserRoles.Administrator)).Select(u => u.Name)];
        if (there.Length > 0)
            return InitDone.Of($"Administrator 管理员: there already, none was made 已存在，未新建: {string.Join(", ", there)} (more by 添加: cityperception user add)");

        NewAdministrator wanted = plan.Administrator;
        if (!await people.AddUserAsync(wanted.Name, wanted.PasswordHash, [UserRoles.Administrator], cancellationToken))
            throw new InitFaultException($"'{wanted.Name}' is somebody who is no administrator, or disabled; name another with --administrator, or see cityperception user. 该用户已存在但不是可用的管理员，请用 --administrator 指定其他用户名。");
        await InitDatabase.RecordAsync(databases, "user add", wanted.Name, cancellationToken);
        return new InitDone($"Administrator 管理员: {wanted.Name}", wanted.MadePassword is { } made ? [new InitSecret("administrator", wanted.Name, made)] : []);
    }, cancellationToken);
}

/// <summary>The first key of a program, if one is wanted.</summary>
internal sealed class KeyStep : IInitStep
{
    public Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken)
    {
        if (plan.ApiKey is not { } wanted) return Task.FromResult(InitDone.Of(""));
        return InitDatabase.UseAsync(plan, async databases =>
        {
            string key = AccessSecrets.MakeKey();
            if (!await new AccessRegistry(databases, TimeProvider.System).AddKeyAsync(wanted.Name, AccessSecrets.HashKey(key), wanted.Scopes.Distinct(), rate: null, expiresAt: null, cancellationToken))
                return InitDone.Of($"Key 密钥: {wanted.Name} (there already, none was made 已存在，未新建)");
            await InitDatabase.RecordAsync(databases, "key add", wanted.Name, cancellationToken);
            return new InitDone($"Key 密钥: {wanted.Name}, for 权限 {string.Join(' ', wanted.Scopes)}", [new InitSecret("key", wanted.Name, key)]);
        }, cancellationToken);
    }
}
