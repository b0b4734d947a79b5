using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Tests.Stores;

public sealed class StoresTests
{
    [Theory]
    [InlineData("duckdb")]
    [InlineData("influxdb")]
    public async Task Create_KnownKind_MakesTheStoreOfThatName(string kind)
    {
        await using IStore store = Create(new StoreOptions { Kind = kind });

        Assert.Equal(kind, store.Name);
    }

    [Fact]
    public void Create_UnknownKind_NamesThoseThatThereAre()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Create(new StoreOptions { Kind = "mongodb" }));

        Assert.Contains("'mongodb'; allowed: duckdb, influxdb", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ManyFaults_NamesAllAndNoSecret()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Create(new StoreOptions
        {
            Kind = "influxdb",
            Influx = { Url = "http://writer:the-secret@host:8086", Version = "4", Token = "the-secret", User = "u", Database = " ", Timeout = TimeSpan.Zero },
        }));

        Assert.Equal(5, refused.Failures.Count());
        Assert.DoesNotContain("the-secret", refused.Message, StringComparison.Ordinal);
        Assert.All(refused.Failures, f => Assert.Contains("Store:Influx:", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_FaultsOfTheOtherKind_DoNotMatter()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Create(new StoreOptions
        {
            DuckDb = { Path = "", MemoryMegabytes = 1, Threads = 0, CheckpointMegabytes = 0 },
            Influx = { Url = "nonsense" },
        }));

        Assert.Equal(4, refused.Failures.Count());
        Assert.All(refused.Failures, f => Assert.Contains("Store:DuckDb:", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_SecretsInFilesThatAreNotThereOrEmptyOrGivenTwice_NamesEach()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("empty"), " \n");
        var refused = Assert.Throws<OptionsValidationException>(() => Create(new StoreOptions
        {
            Kind = "influxdb",
            Influx = { Password = "the-secret", PasswordFile = folder.File("empty"), TokenFile = folder.File("none"), User = "u" },
        }));

        Assert.Equal(4, refused.Failures.Count());
        Assert.Contains($"Store:Influx:PasswordFile: {folder.File("empty")} is empty.", refused.Failures);
        Assert.Contains(refused.Failures, f => f.StartsWith($"Store:Influx:TokenFile: {folder.File("none")} cannot be read", StringComparison.Ordinal));
        Assert.Contains("Give either Store:Influx:Password or Store:Influx:PasswordFile, not both.", refused.Failures);
        Assert.DoesNotContain("the-secret", refused.Message, StringComparison.Ordinal);
    }

    private static IStore Create(StoreOptions options) =>
        Storage.Stores.Stores.Create(options, () => new MeasurementCatalog([]), NullLoggerFactory.Instance, TimeProvider.System);
}
