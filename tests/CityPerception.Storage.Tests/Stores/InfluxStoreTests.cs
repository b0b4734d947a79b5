using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.InfluxDb;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(CityPerception.Storage.Tests.Stores.SharedInfluxServer))]

namespace CityPerception.Storage.Tests.Stores;

/// <summary>One real server for all tests, started by the first that asks.</summary>
public sealed class SharedInfluxServer : IAsyncDisposable
{
    private readonly Lazy<Task<InfluxServer>> _server = new(() => InfluxServer.StartAsync(CancellationToken.None));

    public bool IsRunning => _server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };

    public Task<InfluxServer> GetAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (IsRunning) await (await _server.Value).DisposeAsync();
    }
}

public sealed class InfluxStoreTests(SharedInfluxServer shared) : StoreContract
{
    private readonly string _database = InfluxServer.NewDatabaseName();

    [Fact]
    public async Task Open_AccountThatMayNotCreateDatabases_SaysWhatAnAdministratorMustDo()
    {
        InfluxServer server = await shared.GetAsync();
        string user = "u" + _database;
        await server.QueryAsync($"CREATE USER \"{user}\" WITH PASSWORD 'secret-word'", Ct);
        await using var store = new InfluxStore(Options(server, user, "secret-word"), () => Catalog, NullLogger<InfluxStore>.Instance, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));
        Assert.Contains($"CREATE DATABASE \"{_database}\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("GRANT ALL", refused.Message, StringComparison.Ordinal);

        await server.QueryAsync($"CREATE DATABASE \"{_database}\"; GRANT ALL ON \"{_database}\" TO \"{user}\"", Ct);
        await store.OpenAsync(Ct);
        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 54));
        Assert.Single(await PointsAsync(store, All("noise")));
    }

    [Fact]
    public async Task Open_WrongPassword_NamesTheSettingsAndNotThePassword()
    {
        InfluxServer server = await shared.GetAsync();
        await using var store = new InfluxStore(Options(server, server.User, "wrong-secret-word"), () => Catalog, NullLogger<InfluxStore>.Instance, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));

        Assert.Contains("Store:Influx:Password", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret-word", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_DatabaseDropped_IsMadeAgainForTheNextOffer()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 54));
        await (await shared.GetAsync()).QueryAsync($"DROP DATABASE \"{_database}\"", Ct);

        var gone = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(Lines.Of(Lines.Noise("2026-03-01T08:00:01Z", 55)), Ct));
        Assert.Contains("database not found", gone.Message, StringComparison.Ordinal);

        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:01Z", 55));
        Assert.Single(await PointsAsync(store, All("noise")));
    }

    [Fact]
    public async Task Write_OutsideRetention_RefusesThoseLines()
    {
        IStore store = await OpenEmptyStoreAsync();
        await (await shared.GetAsync()).QueryAsync($"ALTER RETENTION POLICY autogen ON \"{_database}\" DURATION 48h SHARD DURATION 24h", Ct);
        string now = TimeProvider.System.GetUtcNow().ToString("o");

        WriteResult written = await store.WriteAsync(Lines.Of(Lines.Noise("2001-03-01T08:00:00Z", 1), Lines.Noise(now, 2), Lines.Noise("2002-03-01T08:00:00Z", 3)), Ct);

        Assert.Equal(1, written.Stored);
        Assert.Equal(2, written.Refused.Length);
        Assert.All(written.Refused, r => Assert.Contains("retention policy", r.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_Compressed_ArrivesTheSame()
    {
        InfluxServer server = await shared.GetAsync();
        InfluxOptions options = Options(server, server.User, server.Password);
        options.Gzip = true;
        await using var store = new InfluxStore(options, () => Catalog, NullLogger<InfluxStore>.Instance, TimeProvider.System);

        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 54, device: "设备"));

        Assert.Equal("设备", Assert.Single(await PointsAsync(store, All("noise"))).Tags["device"]);
    }

    protected override async Task<IStore> OpenEmptyStoreAsync(Func<MeasurementCatalog> catalog)
    {
        InfluxServer server = await shared.GetAsync();
        return new InfluxStore(Options(server, server.User, server.Password), catalog, NullLogger<InfluxStore>.Instance, TimeProvider.System);
    }

    protected override async ValueTask CleanUpAsync()
    {
        if (shared.IsRunning) await (await shared.GetAsync()).QueryAsync($"DROP DATABASE \"{_database}\"", CancellationToken.None);
    }

    private InfluxOptions Options(InfluxServer server, string user, string password) =>
        new() { Url = server.Url.AbsoluteUri, Database = _database, User = user, Password = password };
}
