using CityPerception.Core.Queries;
using CityPerception.Storage.Operations;

namespace CityPerception.Storage.Links;

/// <summary>What a rebuild read and made.</summary>
/// <param name="Appeals">Appeals read from the store.</param>
/// <param name="Days">Days that were read.</param>
public sealed record LinkRebuildResult(long Appeals, int Days);

/// <summary>Builds the links anew from the store, day after day. What operators said stays, and is heeded.</summary>
public sealed class LinkRebuild(OperationalDbs databases, AppealLinkOptions options, TimeProvider clock)
{
    /// <summary>Rebuilds them. It may be broken off; the next one begins anew.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    /// <exception cref="System.Data.Common.DbException">The database does not answer.</exception>
    public async Task<LinkRebuildResult> RunAsync(IStore store, CancellationToken cancellationToken)
    {
        // Its own memory: that of a running server follows the clock, this one the data.
        using var links = new AppealLinks(databases, options, clock);
        await links.ClearAsync(cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
        (long appeals, int days) = (0, 0);
        for (DateTimeOffset day = StartOf(now - options.KeepFor); day <= now + options.Lateness; day = day.AddDays(1), days++)
        {
            List<AppealFacts> found = await ReadAsync(store, day, cancellationToken);
            if (found.Count == 0) continue;
            await links.TakeAsync(found, day.AddDays(1), cancellationToken);
            appeals += found.Count;
        }

        return new LinkRebuildResult(appeals, days);
    }

    private static async Task<List<AppealFacts>> ReadAsync(IStore store, DateTimeOffset day, CancellationToken cancellationToken)
    {
        List<AppealFacts> found = [];
        foreach (string measurement in AppealReader.Measurements)
        {
            var query = new PointQuery { Measurement = measurement, Fields = AppealReader.Fields, From = day, To = day.AddDays(1) };
            await foreach (Point point in store.ReadAsync(query, cancellationToken))
            {
                if (AppealReader.Find(measurement, point) is { } appeal) found.Add(appeal);
            }
        }

        return found;
    }

    private static DateTimeOffset StartOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);
}
