using System.Globalization;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Cli;

/// <summary>The work of <c>key</c>.</summary>
internal static partial class Work
{
    public static Task<int> AddKeyAsync(RegistryArguments where, string name, IReadOnlyList<string> scopes, DateTimeOffset? expiresAt, int? rate, CancellationToken cancellationToken) =>
        WithPeopleAsync(where, async people =>
        {
            if (FaultOfName(name) is { } fault) return BadUsage(fault);
            string key = AccessSecrets.MakeKey();
            if (!await people.AddKeyAsync(name, AccessSecrets.HashKey(key), scopes.Distinct(), rate, expiresAt, cancellationToken))
                return Failed($"There is a key '{Terminal.Escape(name)}' already; revoke it, or take another name. 密钥名称已存在。");
            Show(name, ("key", key));
            return ExitCode.Ok;
        }, cancellationToken);

    public static Task<int> ListKeysAsync(RegistryArguments where, CancellationToken cancellationToken) => WithPeopleAsync(where, async people =>
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Terminal.Out.Table(["key 密钥", "state 状态", "scopes 权限", "rate 限速"], [.. (await people.ListKeysAsync(cancellationToken)).Select(k => (IReadOnlyList<string>)[
            k.Name, StateOf(k, now), k.Scopes, k.Rate?.ToString(CultureInfo.InvariantCulture) ?? ""])]);
        return ExitCode.Ok;
    }, cancellationToken);

    public static Task<int> RevokeKeyAsync(RegistryArguments where, string name, CancellationToken cancellationToken) => WithPeopleAsync(where, async people =>
        await people.RevokeKeyAsync(name, cancellationToken) ? ExitCode.Ok : Failed($"There is no key '{Terminal.Escape(name)}' in use. 没有这个有效的密钥。"), cancellationToken);

    private static string StateOf(ApiKey key, DateTimeOffset now) => key switch
    {
        { RevokedAt: { } at } => $"revoked 已吊销 {at:yyyy-MM-dd}",
        { ExpiresAt: { } end } when end <= now => $"expired 已过期 {end:yyyy-MM-dd}",
        { ExpiresAt: { } end } => $"until 有效至 {end:yyyy-MM-dd}",
        _ => "in use 有效",
    };
}
