using CityPerception.Storage.Operations.Access;

namespace CityPerception.Storage.Tests.Operations;

public sealed class SqliteAccessRegistryTests(SqliteKind kind) : AccessRegistryContract(kind), IClassFixture<SqliteKind>;

public sealed class PostgresAccessRegistryTests(PostgresKind kind) : AccessRegistryContract(kind), IClassFixture<PostgresKind>;

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
