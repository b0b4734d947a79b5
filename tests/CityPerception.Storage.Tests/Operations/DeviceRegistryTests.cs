using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Storage.Tests.Operations;

public sealed class SqliteDeviceRegistryTests(SqliteKind kind) : DeviceRegistryContract(kind), IClassFixture<SqliteKind>;

public sealed class PostgresDeviceRegistryTests(PostgresKind kind) : DeviceRegistryContract(kind), IClassFixture<PostgresKind>;

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
