using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Storage.Tests.Operations;

/// <summary>What the registry of devices does, on either database.</summary>
public abstract class DeviceRegistryContract(IOperationsKind kind) : OperationsContract(kind)
{
    private DeviceRegistry Registry => field ??= new DeviceRegistry(Databases, TimeProvider.System);

    [Fact]
    public async Task Migrate_Again_ChangesNothingAndLacksNothing()
    {
        await Task.WhenAll(Databases.MigrateAsync(Ct), new OperationalDbs(Options).MigrateAsync(Ct));
        await using OperationalDb db = Databases.CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Ct));
    }

    [Fact]
    public async Task Add_NewAndKnown_AddsTheNewAndNamesTheKnown()
    {
        Assert.Empty(await Registry.AddAsync([("GW-1", "on the town hall", Password("one"))], Ct));
        Assert.Equal(["GW-1"], await Registry.AddAsync([("GW-1", "somewhere else", Password("two")), ("gw-1", null, null)], Ct));

        Device device = (await Registry.FindAsync("GW-1", Ct))!;
        Assert.Equal(("GW-1", "on the town hall", null), (device.Id, device.Note, device.DisabledAt));
        Assert.Equal((CredentialKind.Password, "one"), Assert.Single(device.Credentials.Select(c => (c.Kind, c.Secret))));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.InRange(device.CreatedAt, now.AddMinutes(-5), now);
        Assert.Empty((await Registry.FindAsync("gw-1", Ct))!.Credentials); // case matters
        Assert.Null(await Registry.FindAsync("GW-2", Ct));
    }

    [Fact]
    public async Task List_ByPages_ShowsEachOnceInOrder()
    {
        string[] ids = [.. Enumerable.Range(0, 2_500).Select(i => $"D-{i:0000}")];
        await Registry.AddAsync([.. ids.Reverse().Select(id => (id, (string?)null, (NewCredential?)Password(id)))], Ct);
        List<string> seen = [];
        for (string after = ""; await Registry.ListAsync(after, 999, Ct) is { Count: > 0 } page; after = seen[^1])
        {
            Assert.All(page, d => Assert.Equal(d.Id, Assert.Single(d.Credentials).Secret));
            seen.AddRange(page.Select(d => d.Id));
        }

        Assert.Equal(ids, seen);
    }

    [Fact]
    public async Task SetDisabled_OnAndOff_IsSeen()
    {
        await Registry.AddAsync([("D", null, null)], Ct);
        Assert.True(await Registry.SetDisabledAsync("D", true, Ct));
        Assert.NotNull((await Registry.FindAsync("D", Ct))!.DisabledAt);
        Assert.True(await Registry.SetDisabledAsync("D", false, Ct));
        Assert.Null((await Registry.FindAsync("D", Ct))!.DisabledAt);
        Assert.False(await Registry.SetDisabledAsync("nobody", true, Ct));
    }

    [Fact]
    public async Task Rotate_TwiceAndWithoutMercy_KeepsAtMostTheLastOfEachKind()
    {
        await Registry.AddAsync([("D", null, Password("first"))], Ct);
        Assert.True(await Registry.RotateAsync("D", new NewCredential(CredentialKind.SasKey, "key"), dropsOld: false, Ct));
        Assert.True(await Registry.RotateAsync("D", Password("second"), dropsOld: false, Ct));
        Assert.Equal(["first", "key", "second"], await SecretsAsync());
        Assert.True(await Registry.RotateAsync("D", Password("third"), dropsOld: false, Ct));
        Assert.Equal(["key", "second", "third"], await SecretsAsync());
        Assert.True(await Registry.RotateAsync("D", Password("fourth"), dropsOld: true, Ct));
        Assert.Equal(["fourth", "key"], await SecretsAsync());
        Assert.False(await Registry.RotateAsync("nobody", Password("x"), dropsOld: false, Ct));

        async Task<string[]> SecretsAsync() => [.. (await Registry.FindAsync("D", Ct))!.Credentials.Select(c => c.Secret).Order(StringComparer.Ordinal)];
    }

    private static NewCredential Password(string kept) => new(CredentialKind.Password, kept);
}
