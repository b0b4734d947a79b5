using System.Globalization;
using CityPerception.Cli;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Devices;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace CityPerception.Screens.Admin.Pages;

/// <summary><c>/admin/people</c>: people and keys, as the commands user and key have them.</summary>
public sealed partial class PeoplePage
{
    private static readonly string[] MayChangeRoles = [UserRoles.Administrator];

    private readonly HashSet<string> _roles = [];
    private IReadOnlyList<User> _users = [];
    private IReadOnlyList<ApiKey> _keys = [];
    private string _name = "", _keyName = "", _scopes = "", _days = "";

    [Inject]
    private AccessRegistry Registry { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private bool MayChange => Operator.Is(MayChangeRoles);

    protected override Task OnInitializedAsync() => ReadAsync();

    private bool IsInUse(ApiKey key) => key.RevokedAt is null && (key.ExpiresAt is not { } end || end > Clock.GetUtcNow());

    private void Toggle(string role)
    {
        if (!_roles.Remove(role)) _roles.Add(role);
    }

    private async Task ReadAsync()
    {
        _users = await Registry.ListUsersAsync(Leaving);
        _keys = await Registry.ListKeysAsync(Leaving);
    }

    private async Task AddUserAsync()
    {
        string name = _name.Trim().ToLowerInvariant();
        if (IsWrong(Work.FaultOfName(name)) || IsWrong(_roles.Count == 0 ? Say["noRoles"] : null)) return;
        string password = DeviceSecrets.MakePassword();
        if (!await ChangeAsync("admin user add", name, () => Registry.AddUserAsync(name, AccessSecrets.HashPassword(password), UserRoles.All.Where(_roles.Contains), Leaving), "nameTaken")) return;
        _name = "";
        _roles.Clear();
        await ShowSecretAsync(name, password);
    }

    private async Task SetRolesAsync()
    {
        string name = _name.Trim().ToLowerInvariant();
        if (IsWrong(_roles.Count == 0 ? Say["noRoles"] : null) || await AskAsync($"{Say["setRoles"]} {name}", Say["setRolesAsk"], Say["setRoles"]) is null) return;
        if (await ChangeAsync("admin user roles", name, () => Registry.SetRolesAsync(name, UserRoles.All.Where(_roles.Contains), Leaving), "nobody")) Tell(Say["done"]);
    }

    private async Task SwitchAsync(User user)
    {
        bool disables = user.DisabledAt is null;
        string word = Say[disables ? "disable" : "enable"];
        if (await AskAsync($"{word} {user.Name}", Say[disables ? "disableUserAsk" : "enableAsk"], word) is null) return;
        await ChangeAsync(disables ? "admin user disable" : "admin user enable", user.Name, () => Registry.SetDisabledAsync(user.Name, disables, Leaving), "nobody");
    }

    private async Task RenewAsync(User user)
    {
        if (await AskAsync($"{Say["newPassword"]} {user.Name}", Say["newPasswordAsk"], Say["newPassword"]) is null) return;
        string password = DeviceSecrets.MakePassword();
        if (await ChangeAsync("admin user password", user.Name, () => Registry.SetPasswordAsync(user.Name, AccessSecrets.HashPassword(password), Leaving), "nobody")) await ShowSecretAsync(user.Name, password);
    }

    private async Task AddKeyAsync()
    {
        string name = _keyName.Trim();
        string[] scopes = [.. Access.Identities.Words(_scopes).Distinct()];
        int days = 0;
        bool isDays = string.IsNullOrWhiteSpace(_days) || (int.TryParse(_days.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out days) && days is > 0 and <= 36500);
        if (IsWrong(Work.FaultOfName(name)) || IsWrong(scopes.Length == 0 || !scopes.All(KeyScopes.IsScope) ? Say["scopesWrong", string.Join(' ', KeyScopes.Words)] : null) || IsWrong(isDays ? null : Say["daysWrong"])) return;
        string key = AccessSecrets.MakeKey();
        DateTimeOffset? end = days == 0 ? null : Clock.GetUtcNow().AddDays(days);
        if (!await ChangeAsync("admin key add", name, () => Registry.AddKeyAsync(name, AccessSecrets.HashKey(key), scopes, null, end, Leaving), "nameTaken")) return;
        (_keyName, _scopes, _days) = ("", "", "");
        await ShowSecretAsync(name, key);
    }

    private async Task RevokeAsync(ApiKey key)
    {
        if (await AskAsync($"{Say["revoke"]} {key.Name}", Say["revokeAsk"], Say["revoke"]) is null) return;
        if (await ChangeAsync("admin key revoke", key.Name, () => Registry.RevokeKeyAsync(key.Name, Leaving), "nobody")) await FocusResultsAsync();
    }

    private async Task<bool> ChangeAsync(string action, string target, Func<Task<bool>> change, string fault)
    {
        bool isChanged = false;
        if (!await DoAsync(action, target, MayChangeRoles, async () => (isChanged = await change()) ? "ok" : "409")) return false;
        if (!isChanged) Tell(Say[fault, target], Severity.Error);
        await ReadAsync();
        return isChanged;
    }

    private bool IsWrong(string? fault)
    {
        if (fault is not null) Tell(fault, Severity.Error);
        return fault is not null;
    }
}
