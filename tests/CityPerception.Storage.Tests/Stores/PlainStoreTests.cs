using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>What tests in thousands stand on answers as the stores do.</summary>
public sealed class PlainStoreTests : StoreContract
{
    protected override Task<IStore> OpenEmptyStoreAsync(Func<MeasurementCatalog> catalog) => Task.FromResult<IStore>(new PlainStore(catalog));

    protected override ValueTask CleanUpAsync() => ValueTask.CompletedTask;
}
