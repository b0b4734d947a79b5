using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores;
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

    private static IStore Create(StoreOptions options) =>
        Storage.Stores.Stores.Create(options, () => new MeasurementCatalog([]), NullLoggerFactory.Instance, TimeProvider.System);
}
