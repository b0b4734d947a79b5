using System.Globalization;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Cli;

/// <summary>The work of <c>user</c>.</summary>
internal static partial class Work
{
    public static Task<int> AddUserAsync(RegistryArguments where, string name, IReadOnlyList<string> roles, bool readsPassword, CancellationToken cancellationToken) =>
        WithPeopleAsync(where, async people =>
        {
            string known = name.ToLowerInvariant();
            if (FaultOfName(known) is { } fault) return BadUsage(fault);
            if (TakePassword(readsPassword, out string? shown) is not { } hash) return ExitCode.BadUsage;
            if (!await people.AddUserAsync(known, hash, roles.Distinct(), cancellationToken)) return Failed($"There is a person '{known}' already. 用户已存在。");
            ShowPassword(known, shown);
            return ExitCode.Ok;
        }, cancellationToken);

    public static Task<int> ListUsersAsync(RegistryArguments where, CancellationToken cancellationToken) => WithPeopleAsync(where, async people =>
    {
        Terminal.Out.Table(["user 用户", "state 状态", "roles 角色"], [.. (await people.ListUsersAsync(cancellationToken)).Select(u => (IReadOnlyList<string>)[
            u.Name, u.DisabledAt is { } since ? $"disabled 停用 {since:yyyy-MM-dd}" : "enabled 启用", u.Roles])]);
        return ExitCode.Ok;
    }, cancellationToken);

    public static Task<int> SwitchUserAsync(RegistryArguments where, string name, bool isDisabled, CancellationToken cancellationToken) =>
        WithPeopleAsync(where, async people => await people.SetDisabledAsync(name.ToLowerInvariant(), isDisabled, cancellationToken) ? ExitCode.Ok : NoUser(name), cancellationToken);

    public static Task<int> SetPasswordAsync(RegistryArguments where, string name, bool readsPassword, CancellationToken cancellationToken) => WithPeopleAsync(where, async people =>
    {
        if (TakePassword(readsPassword, out string? shown) is not { } hash) return ExitCode.BadUsage;
        if (!await people.SetPasswordAsync(name.ToLowerInvariant(), hash, cancellationToken)) return NoUser(name);
        ShowPassword(name.ToLowerInvariant(), shown);
        return ExitCode.Ok;
    }, cancellationToken);

    public static Task<int> SetRolesAsync(RegistryArguments where, string name, IReadOnlyList<string> roles, CancellationToken cancellationToken) =>
        WithPeopleAsync(where, async people => await people.SetRolesAsync(name.ToLowerInvariant(), roles.Distinct(), cancellationToken) ? ExitCode.Ok : NoUser(name), cancellationToken);

    private static Task<int> WithPeopleAsync(RegistryArguments where, Func<AccessRegistry, Task<int>> work, CancellationToken cancellationToken) =>
        WithOperationsAsync(where, (databases, _) => work(new AccessRegistry(databases, TimeProvider.System)), cancellationToken);

    // The hash of what the input has, or of a password that is made, and is to be shown; null if it is too short or too long.
    private static string? TakePassword(bool readsInput, out string? made)
    {
        made = readsInput ? null : DeviceSecrets.MakePassword();
        string password = made ?? Console.In.ReadLine()?.Trim() ?? "";
        if (password.Length is >= DeviceSecrets.MinPasswordLength and <= AccessSecrets.MaxPasswordLength) return AccessSecrets.HashPassword(password);
        BadUsage(string.Create(
            CultureInfo.InvariantCulture,
            $"The password has {password.Length} characters; allowed: {DeviceSecrets.MinPasswordLength} to {AccessSecrets.MaxPasswordLength}. 密码须为 {DeviceSecrets.MinPasswordLength} 至 {AccessSecrets.MaxPasswordLength} 个字符。"));
        return null;
    }

    private static void ShowPassword(string name, string? made)
    {
        if (made is not null) Show(name, ("password", made));
    }

    private static int NoUser(string name) => Failed($"There is nobody named '{Terminal.Escape(name)}'. 没有这个用户。");
}
