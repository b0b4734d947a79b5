using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.Storage.Stores.InfluxDb;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Stores;

/// <summary>Every store, by its name in <c>Store:Kind</c>. A new one is a folder beside this file and a line here.</summary>
public static class Stores
{
    /// <summary>Makes the store that the options name; nothing is opened or connected yet.</summary>
    /// <param name="options">The section <c>Store</c>.</param>
    /// <param name="catalog">The schema as it is now: asked again at every write, since a reload may change it.</param>
    /// <param name="loggers">Where the store reports changes of its state.</param>
    /// <param name="clock">Reads dates in Retry-After.</param>
    /// <exception cref="OptionsValidationException">The options have faults; the exception names all of them.</exception>
    public static IStore Create(StoreOptions options, Func<MeasurementCatalog> catalog, ILoggerFactory loggers, TimeProvider clock)
    {
        ValidateOptionsResult valid = new StoreOptionsValidator().Validate(null, options);
        if (valid.Failed) throw new OptionsValidationException("Store", typeof(StoreOptions), valid.Failures);

        return options.Kind switch
        {
            DuckDbStore.StoreName => new DuckDbStore(options.DuckDb, catalog, loggers.CreateLogger<DuckDbStore>()),
            InfluxStore.StoreName => new InfluxStore(options.Influx, catalog, loggers.CreateLogger<InfluxStore>(), clock),
            _ => throw new InvalidOperationException($"The validator let '{options.Kind}' pass."),
        };
    }
}
