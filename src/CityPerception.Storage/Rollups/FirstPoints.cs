using System.Collections.Concurrent;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Rollups;

/// <summary>
/// When a field was first seen. Once that is known only what came in from before is looked for, which stores know of without reading:
/// to look through the whole history each time would cost more with each day. What is deleted since was there all the same.
/// </summary>
internal sealed class FirstPoints(IStore store)
{
    private readonly ConcurrentDictionary<(string Measurement, string Field), DateTimeOffset> _known = new();

    /// <summary>The time of the first point; the end of time where there is none before <paramref name="to"/>.</summary>
    public async Task<DateTimeOffset> OfAsync(string measurement, string field, DateTimeOffset to, CancellationToken cancellationToken)
    {
        bool isKnown = _known.TryGetValue((measurement, field), out DateTimeOffset known);
        var earlier = new PointQuery { Measurement = measurement, Fields = [field], From = DateTimeOffset.UnixEpoch, To = isKnown ? known : to, Limit = 1 };
        await foreach (Point point in store.ReadAsync(earlier, cancellationToken))
        {
            DateTimeOffset first = ObservationTime.FromUnixNs(point.TimeNs);
            return _known.AddOrUpdate((measurement, field), first, (_, other) => other < first ? other : first);
        }

        return isKnown ? known : DateTimeOffset.MaxValue;
    }
}
