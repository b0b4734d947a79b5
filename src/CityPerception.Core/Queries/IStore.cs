using CityPerception.Core.LineProtocol;

namespace CityPerception.Core.Queries;

/// <summary>Where observations are kept. Every implementation passes the same contract tests.</summary>
/// <remarks>
/// Identity: same series (measurement and all tags) and same time is the same point. Writing it again replaces the
/// fields that the new line has and keeps the others, so a batch may be offered any number of times.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>As in <c>Store:Kind</c>.</summary>
    string Name { get; }

    /// <summary>So many lines make a good batch for it, measured.</summary>
    int PreferredBatchLines { get; }

    /// <summary>Connects and creates what is missing (database, tables, columns). May be called again.</summary>
    /// <exception cref="StoreUnavailableException">Not reachable now.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Stores what can be stored and returns the rest, each line with the store's reason.</summary>
    /// <exception cref="StoreUnavailableException">Nothing is known about the batch: offer it again.</exception>
    Task<WriteResult> WriteAsync(LineBatch batch, CancellationToken cancellationToken);

    /// <summary>Aggregates over windows and groups, by start and then by group; a group or window without samples has no row.</summary>
    /// <exception cref="ArgumentException">The query has no meaning: the mean of a text, a window of no length.</exception>
    /// <exception cref="StoreUnavailableException">Not reachable now.</exception>
    Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken);

    /// <summary>The points themselves, in order of time.</summary>
    /// <exception cref="StoreUnavailableException">Not reachable now.</exception>
    IAsyncEnumerable<Point> ReadAsync(PointQuery query, CancellationToken cancellationToken);

    /// <summary>Deletes points for good. Deleting what is not there changes nothing.</summary>
    /// <returns>False where the store cannot (InfluxDB 3 Core): its own retention period has to.</returns>
    /// <exception cref="StoreUnavailableException">Not reachable now; some may be deleted: ask again.</exception>
    Task<bool> DeleteAsync(DeleteQuery query, CancellationToken cancellationToken);

    /// <summary>What <see cref="ReadAsync"/> asks the store, in the store's language, for people; null where it asks nothing, as the store has nothing of it.</summary>
    /// <exception cref="StoreUnavailableException">Not reachable now.</exception>
    ValueTask<string?> TextOfAsync(PointQuery query, CancellationToken cancellationToken);
}
