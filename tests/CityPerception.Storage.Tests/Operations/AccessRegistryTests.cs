using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Tests.Spooling;

namespace CityPerception.Storage.Tests.Operations;

public sealed class SqliteAccessRegistryTests : AccessRegistryContract
{
    private readonly TemporaryDirectory _directory = new();

    private protected override Task<OperationsOptions> OptionsAsync() => Task.FromResult(new OperationsOptions { SqlitePath = Path.Combine(_directory.Path, "operations.db") });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}

public sealed class PostgresAccessRegistryTests(PostgresDeviceRegistryTests.Shared shared) : AccessRegistryContract, IClassFixture<PostgresDeviceRegistryTests.Shared>
{
    private readonly string _database = "t" + Guid.NewGuid().ToString("N");

    private protected override Task<OperationsOptions> OptionsAsync() =>
        Task.FromResult(new OperationsOptions { Kind = OperationsKind.Postgresql, Postgres = shared.Server.ConnectionString(_database) });
}

public sealed class AccessSecretsTests
{
    [Fact]
    public void MakeKey_Many_AreAllDifferentAndGoIntoAHeader()
    {
        string[] made = [.. Enumerable.Range(0, 100).Select(_ => AccessSecrets.MakeKey())];
        Assert.Distinct(made);
        Assert.Distinct(made.Select(AccessSecrets.HashKey));
        Assert.All(made, k => Assert.Matches("^cpk_[A-Za-z0-9_-]{43}$", k));
        Assert.All(made, k => Assert.DoesNotContain(k, AccessSecrets.HashKey(k), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ingest:*", true)]
    [InlineData("ingest:air-station", true)]
    [InlineData("deadletters", true)]
    [InlineData("ingest", false)]
    [InlineData("ingest:", false)]
    [InlineData("ingest:a b", false)]
    [InlineData("Read", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    public void IsScope_KnowsThemAll(string text, bool isOne) => Assert.Equal(isOne, KeyScopes.IsScope(text));
}
