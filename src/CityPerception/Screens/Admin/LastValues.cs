using System.Collections.Immutable;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Screens.Admin;

/// <summary>What a device sent last of one measurement.</summary>
internal sealed record DeviceValues(Measurement Measurement, DateTimeOffset At, ImmutableSortedDictionary<string, object> Fields);

/// <summary>What devices sent last: of a whole page of them by a bounded number of queries, however many they are.</summary>
internal static class LastValues
{
    private const string DeviceTag = "device";

    // In one answer there is room for so many points of each: some send more often than others.
    private const int PointsADevice = 8, MaxRounds = 6;

    // Most devices are found in the first; the wider ones are asked for those alone that were silent until then.
    private static readonly TimeSpan[] Spans = [TimeSpan.FromMinutes(15), TimeSpan.FromHours(6), TimeSpan.FromDays(7)];

    /// <summary>The last values of each device that sent anything in the last seven days, the latest measurement first.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public static async Task<IReadOnlyDictionary<string, ImmutableArray<DeviceValues>>> ReadAsync(IStore store, MeasurementCatalog measurements, IEnumerable<string> devices, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<(string Device, string Measurement), DeviceValues> found = [];
        HashSet<string> silent = [.. devices];
        bool isCrowded = true;
        for (int round = 0; round < MaxRounds && silent.Count > 0 && (round < Spans.Length || isCrowded); round++)
        {
            DateTimeOffset from = now - Spans[Math.Min(round, Spans.Length - 1)];
            int limit = silent.Count * PointsADevice;
            isCrowded = false;
            foreach (Measurement measurement in Of(measurements)) isCrowded |= await ReadAsync(store, measurement, silent, from, now, limit, found, cancellationToken) == limit;
            silent.ExceptWith(found.Keys.Select(static k => k.Device));
        }

        return found.GroupBy(static f => f.Key.Device, static f => f.Value).ToDictionary(static d => d.Key, static d => d.OrderByDescending(static v => v.At).ToImmutableArray());
    }

    /// <summary>The last values of one device in every measurement, the latest first.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public static async Task<ImmutableArray<DeviceValues>> ReadAllAsync(IStore store, MeasurementCatalog measurements, string device, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<(string Device, string Measurement), DeviceValues> found = [];
        foreach (Measurement measurement in Of(measurements)) await ReadAsync(store, measurement, [device], now - Spans[^1], now, 1, found, cancellationToken);
        return [.. found.Values.OrderByDescending(static v => v.At)];
    }

    private static IEnumerable<Measurement> Of(MeasurementCatalog measurements) => measurements.ByName.Values.Where(static m => m.FindTag(DeviceTag) is not null);

    // Returns how many points there were.
    private static async Task<int> ReadAsync(
        IStore store, Measurement measurement, IEnumerable<string> devices, DateTimeOffset from, DateTimeOffset now, int limit, Dictionary<(string, string), DeviceValues> found, CancellationToken cancellationToken)
    {
        var query = new PointQuery { Measurement = measurement.Name, From = from, To = now.AddDays(1), Where = [new Filter.Tag(DeviceTag, [.. devices])], Limit = limit, Descending = true };
        int points = 0;
        await foreach (Point point in store.ReadAsync(query, cancellationToken))
        {
            points++;
            found.TryAdd((point.Tags[DeviceTag], measurement.Name), new DeviceValues(measurement, ObservationTime.FromUnixNs(point.TimeNs), point.Fields));
        }

        return points;
    }
}
