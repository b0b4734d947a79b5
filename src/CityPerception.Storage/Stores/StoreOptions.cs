using CityPerception.Storage.Stores.DuckDb;
using CityPerception.Storage.Stores.InfluxDb;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Stores;

/// <summary>The section <c>Store</c>: which store keeps the observations.</summary>
public sealed class StoreOptions
{
    /// <summary><c>duckdb</c> (the default: one file, no server) or <c>influxdb</c>.</summary>
    public string Kind { get; set; } = DuckDbStore.StoreName;

    public DuckDbOptions DuckDb { get; set; } = new();

    public InfluxOptions Influx { get; set; } = new();
}

/// <summary>Finds every fault of the section at once; only the chosen kind's options are looked at.</summary>
public sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        List<string> faults = options.Kind switch
        {
            DuckDbStore.StoreName => options.DuckDb.Faults().ToList(),
            InfluxStore.StoreName => options.Influx.Faults().ToList(),
            _ => [$"Store:Kind is '{options.Kind}'; allowed: {DuckDbStore.StoreName}, {InfluxStore.StoreName}."],
        };
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
