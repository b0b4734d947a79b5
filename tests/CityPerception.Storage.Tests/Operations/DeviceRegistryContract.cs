using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Tests.Operations;

/// <summary>What the registry of devices does, on either database.</summary>
public abstract class DeviceRegistryContract : IAsyncLifetime
{
    private OperationalDbs _databases = null!;
    private DeviceRegistry _registry = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _databases = new OperationalDbs(await OptionsAsync());
        await _databases.MigrateAsync(Ct);
        _registry = new DeviceRegistry(_databases, TimeProvider.System);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected abstract Task<OperationsOptions> OptionsAsync();

    [Fact]
    public async Task Migrate_Again_ChangesNothingAndLacksNothing()
    {
        await Task.WhenAll(_databases.MigrateAsync(Ct), new OperationalDbs(await OptionsAsync()).MigrateAsync(Ct));
        await using OperationalDb db = _databases.CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Ct));
    }

    [Fact]
    public async Task Add_NewAndKnown_AddsTheNewAndNamesTheKnown()
    {
        Assert.Empty(await _registry.AddAsync([("GW-1", "on the town hall", Password("one"))], Ct));
        Assert.Equal(["GW-1"], await _registry.AddAsync([("GW-1", "somewhere else", Password("two")), ("gw-1", null, null)], Ct));

        Device device = (await _registry.FindAsync("GW-1", Ct))!;
        Assert.Equal(("GW-1", "on the town hall", null), (device.Id, device.Note, device.DisabledAt));
        Assert.Equal((CredentialKind.Password, "one"), Assert.Single(device.Credentials.Select(c => (c.Kind, c.Secret))));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.InRange(device.CreatedAt, now.AddMinutes(-5), now);
        Assert.Empty((await _registry.FindAsync("gw-1", Ct))!.Credentials); // case matters
        Assert.Null(await _registry.FindAsync("GW-2", Ct));
    }

    [Fact]
    public async Task List_ByPages_ShowsEachOnceInOrder()
    {
        string[] ids = [.. Enumerable.Range(0, 2_500).Select(i => $"D-{i:0000}")];
        await _registry.AddAsync([.. ids.Reverse().Select(id => (id, (string?)null, (NewCredential?)Password(id)))], Ct);
        List<string> seen = [];
        for (string after = ""; await _registry.ListAsync(after, 999, Ct) is { Count: > 0 } page; after = seen[^1])
        {
            Assert.All(page, d => Assert.Equal(d.Id, Assert.Single(d.Credentials).Secret));
            seen.AddRange(page.Select(d => d.Id));
        }

        Assert.Equal(ids, seen);
    }

    [Fact]
    public async Task SetDisabled_OnAndOff_IsSeen()
    {
        await _registry.AddAsync([("D", null, null)], Ct);
        Assert.True(await _registry.SetDisabledAsync("D", true, Ct));
        Assert.NotNull((await _registry.FindAsync("D", Ct))!.DisabledAt);
        Assert.True(await _registry.SetDisabledAsync("D", false, Ct));
        Assert.Null((await _registry.FindAsync("D", Ct))!.DisabledAt);
        Assert.False(await _registry.SetDisabledAsync("nobody", true, Ct));
    }

    [Fact]
    public async Task Rotate_TwiceAndWithoutMercy_KeepsAtMostTheLastOfEachKind()
    {
        await _registry.AddAsync([("D", null, Password("first"))], Ct);
        Assert.True(await _registry.RotateAsync("D", new NewCredential(CredentialKind.SasKey, "key"), dropsOld: false, Ct));
        Assert.True(await _registry.RotateAsync("D", Password("second"), dropsOld: false, Ct));
        Assert.Equal(["first", "key", "second"], await SecretsAsync());
        Assert.True(await _registry.RotateAsync("D", Password("third"), dropsOld: false, Ct));
        Assert.Equal(["key", "second", "third"], await SecretsAsync());
        Assert.True(await _registry.RotateAsync("D", Password("fourth"), dropsOld: true, Ct));
        Assert.Equal(["fourth", "key"], await SecretsAsync());
        Assert.False(await _registry.RotateAsync("nobody", Password("x"), dropsOld: false, Ct));

        async Task<string[]> SecretsAsync() => [.. (await _registry.FindAsync("D", Ct))!.Credentials.Select(c => c.Secret).Order(StringComparer.Ordinal)];
    }

    private static NewCredential Password(string kept) => new(CredentialKind.Password, kept);
}
