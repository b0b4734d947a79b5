using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Storage.Tests.Spooling;
using CityPerception.TestKit.Servers;

namespace CityPerception.Storage.Tests.Operations;

public sealed class SqliteDeviceRegistryTests : DeviceRegistryContract
{
    private readonly TemporaryDirectory _directory = new();

    private protected override Task<OperationsOptions> OptionsAsync() => Task.FromResult(new OperationsOptions { SqlitePath = Path.Combine(_directory.Path, "operations.db") });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}

public sealed class PostgresDeviceRegistryTests(PostgresDeviceRegistryTests.Shared shared) : DeviceRegistryContract, IClassFixture<PostgresDeviceRegistryTests.Shared>
{
    private readonly string _database = "t" + Guid.NewGuid().ToString("N");

    private protected override Task<OperationsOptions> OptionsAsync() =>
        Task.FromResult(new OperationsOptions { Kind = OperationsKind.Postgresql, Postgres = shared.Server.ConnectionString(_database) });

    public sealed class Shared : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}

public sealed class DeviceSecretsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hash_OfAPassword_IsOfThatAndDiffersEachTime(bool isMade)
    {
        string password = DeviceSecrets.MakePassword(), hash = DeviceSecrets.Hash(password, isMade);
        Assert.True(DeviceSecrets.IsPassword(hash, password));
        Assert.False(DeviceSecrets.IsPassword(hash, password + "x"));
        Assert.False(DeviceSecrets.IsPassword(hash, ""));
        Assert.NotEqual(hash, DeviceSecrets.Hash(password, isMade));
        Assert.DoesNotContain(password, hash, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_ManyPasswords_AreAllDifferentAndGoIntoATopicOrAUrl()
    {
        string[] made = [.. Enumerable.Range(0, 100).Select(_ => DeviceSecrets.MakePassword())];
        Assert.Distinct(made);
        Assert.All(made, p => Assert.Matches("^[A-Za-z0-9_-]{32}$", p));
    }
}
