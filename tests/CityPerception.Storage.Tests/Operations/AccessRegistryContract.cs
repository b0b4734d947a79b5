using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;

namespace CityPerception.Storage.Tests.Operations;

/// <summary>What the registry of people and keys, and the audit log do, on either database.</summary>
public abstract class AccessRegistryContract(IOperationsKind kind) : OperationsContract(kind)
{
    private AccessRegistry Registry => new(Databases, TimeProvider.System);

    [Fact]
    public async Task People_AddedAndChanged_AreSoAndOnlyOneOfAName()
    {
        Assert.True(await Registry.AddUserAsync("wang", "hash", [UserRoles.Operator, UserRoles.GridStaff], Ct));
        Assert.False(await Registry.AddUserAsync("wang", "other", [], Ct));
        User user = Assert.Single(await Registry.ListUsersAsync(Ct));
        Assert.Equal(("wang", "hash", "operator grid-staff", null), (user.Name, user.PasswordHash, user.Roles, user.DisabledAt));

        HashSet<string> stamps = [user.Stamp];
        Assert.True(await Registry.SetPasswordAsync("wang", "second", Ct));
        Assert.True(stamps.Add(await StampAsync()));
        Assert.True(await Registry.SetDisabledAsync("wang", true, Ct));
        Assert.True(stamps.Add(await StampAsync()));
        Assert.True(await Registry.SetDisabledAsync("wang", false, Ct));
        Assert.True(await Registry.SetRolesAsync("wang", [UserRoles.Auditor], Ct));
        user = Assert.Single((await Registry.ReadAsync(Ct)).Users);
        Assert.Equal(("second", "auditor", null), (user.PasswordHash, user.Roles, user.DisabledAt));
        Assert.False(await Registry.SetRolesAsync("nobody", [], Ct));
        Assert.False(await Registry.SetDisabledAsync("nobody", true, Ct));

        async Task<string> StampAsync() => Assert.Single(await Registry.ListUsersAsync(Ct)).Stamp;
    }

    [Fact]
    public async Task Keys_Revoked_AreGoneFromThoseTakenAndTheirNamesAreFree()
    {
        DateTimeOffset end = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Assert.True(await Registry.AddKeyAsync("gw", "h1", ["ingest:a", KeyScopes.Write], 50, end, Ct));
        Assert.False(await Registry.AddKeyAsync("gw", "h2", [], null, null, Ct));
        ApiKey key = Assert.Single((await Registry.ReadAsync(Ct)).Keys);
        Assert.Equal(("gw", "h1", "ingest:a write", 50, end), (key.Name, key.Hash, key.Scopes, key.Rate, key.ExpiresAt));
        Assert.True(await Registry.RevokeKeyAsync("gw", Ct));
        Assert.False(await Registry.RevokeKeyAsync("gw", Ct));
        Assert.Empty((await Registry.ReadAsync(Ct)).Keys);
        Assert.True(await Registry.AddKeyAsync("gw", "h3", [], null, null, Ct));
        Assert.Equal(["h1", "h3"], (await Registry.ListKeysAsync(Ct)).Select(k => k.Hash));
    }

    [Fact]
    public async Task Revision_OfEachChange_IsAnotherAndOfNoneIsNot()
    {
        long before = await Registry.RevisionAsync(Ct);
        Assert.False(await Registry.RevokeKeyAsync("none", Ct));
        Assert.Equal(before, await Registry.RevisionAsync(Ct));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Registry.AddKeyAsync($"k{i}", $"h{i}", [], null, null, Ct)));
        Assert.Equal(before + 10, await Registry.RevisionAsync(Ct));
        Assert.Equal(10, (await Registry.ReadAsync(Ct)).Keys.Count);
    }

    [Fact]
    public async Task AddUser_ManyAtOnceOfOneName_AddsOne()
    {
        bool[] added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Registry.AddUserAsync("one", "hash", [], Ct)));
        Assert.Single(added, a => a);
    }

    [Fact]
    public async Task Audit_Filtered_ShowsTheNewestFirstAndForgetsTheOld()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var log = new AuditLog(Databases, clock);
        for (int i = 0; i < 6; i++)
        {
            await log.AddAsync(i % 2 == 0 ? "user:a" : "user:b", $"action {i}", new string('x', 1000), "127.0.0.1", "ok", Ct);
            clock.Advance(TimeSpan.FromHours(1));
        }

        DateTimeOffset third = new(2026, 1, 1, 2, 0, 0, TimeSpan.Zero);
        Assert.Equal(["action 4", "action 2", "action 0"], await ActionsAsync(new AuditFilter { Who = "user:a" }));
        Assert.Equal(["action 3"], await ActionsAsync(new AuditFilter { Action = "action 3" }));
        Assert.Equal(["action 4", "action 3", "action 2"], await ActionsAsync(new AuditFilter { Since = third, Until = third.AddHours(3) }));
        IReadOnlyList<AuditEntry> page = await log.ReadAsync(new AuditFilter { Limit = 2 }, Ct);
        Assert.All(page, e => Assert.True(e.Target.Length <= AuditEntry.MaxTextLength));
        Assert.Equal(["action 3", "action 2"], await ActionsAsync(new AuditFilter { Limit = 2, Before = page[^1].Id }));
        Assert.Equal(2, await log.RemoveBeforeAsync(third, Ct));
        Assert.Equal(4, (await ActionsAsync(new AuditFilter())).Length);

        async Task<string[]> ActionsAsync(AuditFilter filter) => [.. (await log.ReadAsync(filter, Ct)).Select(e => e.Action)];
    }
}
