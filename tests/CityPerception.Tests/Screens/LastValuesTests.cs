using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.Screens.Admin;
using CityPerception.Tests.Simulation;

namespace CityPerception.Tests.Screens;

/// <summary>What the page of devices asks of a store.</summary>
public sealed class LastValuesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_OfAPageOfDevices_FindsLoudAndQuietOnesByFewQueries()
    {
        await using var store = new Air();
        for (int i = 0; i < 50; i++) store.Add($"D{i:00}", Now.AddMinutes(-i), i);
        for (int s = 0; s < 2_000; s++) store.Add("LOUD", Now.AddSeconds(-s % 600), s);
        store.Add("QUIET", Now.AddDays(-6), 7);
        string[] devices = [.. Enumerable.Range(0, 50).Select(i => $"D{i:00}"), "LOUD", "QUIET", "SILENT"];

        IReadOnlyDictionary<string, ImmutableArray<DeviceValues>> values = await LastValues.ReadAsync(store, Ingest.Plan.Measurements, devices, Now, Ct);

        Assert.Equal(devices[..^1].Order(), values.Keys.Order());
        Assert.Equal((Now.AddDays(-6), 7d), (values["QUIET"][0].At, values["QUIET"][0].Fields["pm25"]));
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal((double)i, values[$"D{i:00}"][0].Fields["pm25"]));
        int measurements = store.Asked.Distinct().Count();
        Assert.InRange(store.Asked.Count, measurements, 6 * measurements); // whatever their number
    }

    /// <summary>Holds points of air_quality alone.</summary>
    private sealed class Air : IStore
    {
        private readonly List<(string Device, DateTimeOffset At, double Value)> _points = [];

        public List<string> Asked { get; } = [];

        public string Name => "air";

        public int PreferredBatchLines => 1;

        public void Add(string device, DateTimeOffset at, double value) => _points.Add((device, at, value));

        public async IAsyncEnumerable<Point> ReadAsync(PointQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            Asked.Add(query.Measurement);
            if (query.Measurement != "air_quality") yield break;
            var wanted = ((Filter.Tag)query.Where[0]).Values;
            foreach ((string device, DateTimeOffset at, double value) in _points.Where(p => wanted.Contains(p.Device) && p.At >= query.From && p.At < query.To).OrderByDescending(p => p.At).Take(query.Limit!.Value))
                yield return new Point(at.ToUnixTimeMilliseconds() * 1_000_000, new Dictionary<string, string> { ["device"] = device }.ToImmutableSortedDictionary(), new Dictionary<string, object> { ["pm25"] = value }.ToImmutableSortedDictionary());
        }

        public Task OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<WriteResult> WriteAsync(LineBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> DeleteAsync(DeleteQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<string?> TextOfAsync(PointQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
