using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>What every store must do. A new store passes by deriving one class that opens an empty one.</summary>
public abstract partial class StoreContract : IAsyncDisposable
{
    private readonly List<IStore> _opened = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Has an odd measurement, whose every name tries to break out of its quotes.</summary>
    protected static MeasurementCatalog Catalog { get; } = new(
    [
        Measurement("noise", ["device", "district"], [("leq", FieldType.Float)]),
        Measurement("air_quality", ["category", "device", "district", "grid"],
            [("pm25", FieldType.Float), ("no2", FieldType.Float), ("battery", FieldType.Integer), ("ok", FieldType.Boolean), ("note", FieldType.String)]),
        Measurement(Odd.Measurement, [Odd.Tag], [(Odd.Field, FieldType.Float), (Odd.Text, FieldType.String)]),
    ]);

    protected static class Odd
    {
        public const string Measurement = "m\"; DROP TABLE noise; DROP MEASUREMENT noise; --";
        public const string Tag = "t' OR '1'='1";
        public const string Field = "f\") FROM noise; DELETE FROM noise; --\\";
        public const string Text = "备注 \"x\\y\" 'z' 🚧";
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (IStore store in _opened) await store.DisposeAsync();
        await CleanUpAsync();
    }

    /// <summary>A store that holds nothing; its schema is the catalog's at any time.</summary>
    protected abstract Task<IStore> OpenEmptyStoreAsync(Func<MeasurementCatalog> catalog);

    protected abstract ValueTask CleanUpAsync();

    protected async Task<IStore> OpenEmptyStoreAsync()
    {
        IStore store = await OpenEmptyStoreAsync(() => Catalog);
        _opened.Add(store);
        await store.OpenAsync(Ct);
        return store;
    }

    protected static Measurement Measurement(string name, string[] tags, (string Name, FieldType Type)[] fields) => new()
    {
        Name = name,
        Sense = Sense.Thing,
        Tags = [.. tags.Order(StringComparer.Ordinal).Select(t => new TagSchema { Name = t })],
        Fields = [.. fields.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => new FieldSchema { Name = f.Name, Type = f.Type })],
    };

    protected static string Air(string at, (string, object)[] fields, string device = "aq-1", string district = "140402", string grid = "") =>
        Lines.Line("air_quality", [("category", "ambient"), ("device", device), ("district", district), ("grid", grid)], fields, Lines.Ns(at));

    protected static DateTimeOffset At(string iso) => DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    protected static AggregateQuery Query(string measurement, string from, string to, params ImmutableArray<Selection> select) =>
        new() { Measurement = measurement, Select = select, From = At(from), To = At(to) };

    protected static AggregateQuery NoiseOfMarch(params ImmutableArray<Selection> select) => Query("noise", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", select);

    protected static PointQuery All(string measurement) =>
        new() { Measurement = measurement, From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue };

    protected static async Task<List<Point>> PointsAsync(IStore store, PointQuery query) => await store.ReadAsync(query, Ct).ToListAsync(Ct);

    protected static async Task WriteAsync(IStore store, params IEnumerable<string> lines)
    {
        LineBatch batch = Lines.Of(lines);
        WriteResult written = await store.WriteAsync(batch, Ct);
        Assert.Empty(written.Refused);
        Assert.Equal(batch.Count, written.Stored);
    }

    /// <summary>Start and first value of each row, as text.</summary>
    protected static string[] Shown(IEnumerable<AggregateRow> rows) =>
        [.. rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Start:yyyy-MM-dd'T'HH:mm'Z'} {string.Join('/', r.Group.Append(""))}{string.Join(' ', r.Values.Select(v => v?.ToString(CultureInfo.InvariantCulture) ?? "-"))}"))];
}
