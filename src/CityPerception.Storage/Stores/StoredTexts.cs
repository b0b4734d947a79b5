using CityPerception.Core.Queries;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.Storage.Stores.InfluxDb;

namespace CityPerception.Storage.Stores;

/// <summary>A text in a store.</summary>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Column">Its tag or field.</param>
/// <param name="TimeNs">The time of the point, in nanoseconds since 1970 UTC; null for a tag's value, which many points have.</param>
/// <param name="Text">The text.</param>
public readonly record struct StoredText(string Measurement, string Column, long? TimeNs, string Text);

/// <summary>All texts of a store, whatever the schema says of them now: every string of every point, and every value of a tag once.</summary>
public static class StoredTexts
{
    /// <summary>Whether there is anything to read: a server, or a file that has been made.</summary>
    public static bool Exist(StoreOptions options) => options.Kind != DuckDbStore.StoreName || File.Exists(options.DuckDb.Path);

    /// <summary>Reads them.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read: no answer, or another process has its file.</exception>
    public static IAsyncEnumerable<StoredText> ReadAsync(StoreOptions options, TimeProvider clock, CancellationToken cancellationToken) => options.Kind == DuckDbStore.StoreName
        ? DuckDbTexts.ReadAsync(options.DuckDb, cancellationToken)
        : InfluxTexts.ReadAsync(options.Influx, clock, cancellationToken);
}
