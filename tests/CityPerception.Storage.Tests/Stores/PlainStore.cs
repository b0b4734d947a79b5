using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>A store in memory that passes the contract: for tests that need thousands of small ones. It looks at every point in a range.</summary>
internal sealed class PlainStore(Func<MeasurementCatalog> catalog) : IStore
{
    private readonly Dictionary<string, PlainTable> _tables = [];
    private readonly Lock _gate = new();

    public string Name => "plain";

    public int PreferredBatchLines => 5_000;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<WriteResult> WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        int stored = 0;
        ImmutableArray<RefusedLine>.Builder refused = ImmutableArray.CreateBuilder<RefusedLine>();
        lock (_gate)
        {
            var reader = new LineProtocolReader(batch.Text.Span);
            while (reader.NextLine())
            {
                if (Put(ref reader) is not { } fault) stored++;
                else refused.Add(new RefusedLine((byte[])[.. reader.Line, (byte)'\n'], RejectionReason.RefusedByStore, fault));
            }
        }

        return Task.FromResult(new WriteResult(stored, refused.ToImmutable()));
    }

    public Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken)
    {
        if (Find(query.Measurement, query.From, query.To) is not var (measurement, table, range)) return Task.FromResult<IReadOnlyList<AggregateRow>>([]);
        QueryRules.Check(query, measurement);
        if (!QueryRules.TryResolve(query.Where, measurement, out ImmutableArray<Filter> where)) return Task.FromResult<IReadOnlyList<AggregateRow>>([]);
        List<AggregateRow> rows;
        lock (_gate) rows = PlainAggregates.Of(query, table.Between(range).Where(p => p.Meets(where)));
        rows.Sort(AggregateOrder.Instance);
        return Task.FromResult<IReadOnlyList<AggregateRow>>(rows);
    }

    public async IAsyncEnumerable<Point> ReadAsync(PointQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        if (Find(query.Measurement, query.From, query.To) is not var (measurement, table, range)) yield break;
        if (!QueryRules.TryResolve(query.Where, measurement, out ImmutableArray<Filter> where)) yield break;
        Point[] points;
        lock (_gate)
        {
            IEnumerable<PlainPoint> found = table.Between(range).Where(p => p.Meets(where) && (query.Fields.IsDefaultOrEmpty || query.Fields.Any(p.Fields.ContainsKey)));
            if (query.Descending) found = found.Reverse();
            if (query.Limit is { } most) found = found.Take(most);
            points = [.. found.Select(p => p.AsPoint(query.Fields))];
        }

        foreach (Point point in points) yield return point;
    }

    public Task<bool> DeleteAsync(DeleteQuery query, CancellationToken cancellationToken)
    {
        if (Find(query.Measurement, query.From, query.To) is var (measurement, table, range) && QueryRules.TryResolve(query.Where, measurement, out ImmutableArray<Filter> where))
        {
            lock (_gate) table.Remove([.. table.Between(range).Where(p => p.Meets(where))]);
        }

        return Task.FromResult(true);
    }

    /// <summary>It has no language.</summary>
    public ValueTask<string?> TextOfAsync(PointQuery query, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (Measurement Measurement, PlainTable Table, QueryRange Range)? Find(string name, DateTimeOffset from, DateTimeOffset to)
    {
        var range = QueryRange.Of(from, to);
        if (range.IsEmpty || !catalog().ByName.TryGetValue(name, out Measurement? measurement)) return null;
        lock (_gate) return (measurement, TableOf(name), range);
    }

    private PlainTable TableOf(string measurement)
    {
        if (!_tables.TryGetValue(measurement, out PlainTable? table)) _tables[measurement] = table = new PlainTable();
        return table;
    }

    // What is wrong with the line, or null: then it is there.
    private string? Put(ref LineProtocolReader reader)
    {
        Measurement? measurement = catalog().ByName.GetValueOrDefault(reader.Measurement.ToString());
        string? fault = measurement is null ? $"measurement '{reader.Measurement.ToString()}' is not in measurements.yaml" : null;
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (reader.NextTag())
        {
            string name = reader.Key.ToString();
            tags[name] = reader.Value.ToString();
            if (measurement?.FindTag(name) is null) fault ??= $"tag '{name}' is not one of measurements.yaml";
        }

        Dictionary<string, object> fields = [];
        while (reader.NextField())
        {
            FieldSchema? field = measurement?.FindField(reader.Key.ToString());
            if (field is null) fault ??= $"field '{reader.Key.ToString()}' is not one of measurements.yaml";
            else if (ValueOf(ref reader, field.Type) is { } value) fields[field.Name] = value;
            else fault ??= $"field type conflict: '{field.Name}' is stored as {field.Type}, the line has {reader.Kind}";
        }

        if (reader.Failed) return reader.Fault.Detail;
        if (fault is not null || !reader.HasTime) return fault ?? "the line has no time";
        TableOf(measurement!.Name).Put(reader.Time, tags, fields);
        return null;
    }

    private static object? ValueOf(ref LineProtocolReader reader, FieldType type) => type switch
    {
        FieldType.Float when reader.Kind is LineFieldKind.Float && reader.TryGetDouble(out double number) => number,
        FieldType.Integer when reader.TryGetInt64(out long integer) => integer,
        FieldType.Boolean when reader.TryGetBoolean(out bool boolean) => boolean,
        FieldType.String when reader.Kind is LineFieldKind.String => reader.Value.ToString(),
        _ => null,
    };
}
