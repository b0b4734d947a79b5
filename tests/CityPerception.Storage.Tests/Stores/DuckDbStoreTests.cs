using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Stores;

public sealed class DuckDbStoreTests : StoreContract
{
    private readonly TempFolder _folder = new();

    protected override Task<IStore> OpenEmptyStoreAsync(Func<MeasurementCatalog> catalog) => Task.FromResult<IStore>(Store("city.duckdb", catalog));

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private DuckDbStore Store(string file, Func<MeasurementCatalog> catalog) =>
        new(new DuckDbOptions { Path = _folder.File(file) }, catalog, NullLogger<DuckDbStore>.Instance);
}
