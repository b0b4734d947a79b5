using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>
/// The embedded store: one DuckDB file, a table a measurement. DuckDB works in the calling thread, so everything here runs
/// on the thread pool; one writer at a time, readers beside it on connections of their own.
/// </summary>
public sealed class DuckDbStore : IStore
{
    public const string StoreName = "duckdb";

    private readonly Func<MeasurementCatalog> _catalog;
    private readonly DuckDbFile _file;
    private readonly DuckDbWriter _writer;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentBag<StagedBatch> _batches = [];

    public DuckDbStore(DuckDbOptions options, Func<MeasurementCatalog> catalog, ILogger<DuckDbStore> logger)
    {
        _catalog = catalog;
        _file = new DuckDbFile(options);
        _writer = new DuckDbWriter(_file, options, logger);
    }

    public string Name => StoreName;

    /// <summary>Larger ones are a tenth faster and cost 30 MB for every 10,000 lines.</summary>
    public int PreferredBatchLines => 5_000;

    public Task OpenAsync(CancellationToken cancellationToken) => LockedAsync(() => _writer.Prepare(_catalog()), cancellationToken);

    public async Task<WriteResult> WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return WriteResult.All(batch);
        if (!_writer.IsReady(_catalog())) await OpenAsync(cancellationToken);

        // Lines become rows outside the lock: while one batch waits for the disk the next is being read.
        StagedBatch staged = _batches.TryTake(out StagedBatch? used) ? used : new StagedBatch();
        WriteResult result = await Task.Run(() => staged.Stage(batch, _writer.Tables, _writer.Heads), cancellationToken);
        await LockedAsync(Write, cancellationToken);
        _batches.Add(staged);
        return result;

        void Write()
        {
            // Since the lines were read, a failed write may have closed the connection or a reload may have changed the tables.
            if (!_writer.IsReady(_catalog())) _writer.Prepare(_catalog());
            if (!ReferenceEquals(staged.Tables, _writer.Tables) || !ReferenceEquals(staged.Heads, _writer.Heads)) result = staged.Stage(batch, _writer.Tables, _writer.Heads);
            if (staged.NewFields.Count > 0)
            {
                _writer.AddFields(staged.NewFields);
                result = staged.Stage(batch, _writer.Tables, _writer.Heads);
            }

            _writer.Write(staged);
        }
    }

    public async Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken)
    {
        QueryRange range = QueryRange.Of(query.From, query.To);
        if (range.IsEmpty || await FindAsync(query.Measurement, cancellationToken) is not { } table) return [];
        QueryRules.Check(query, table.Declared ?? table.AsMeasurement());
        if (!QueryRules.TryResolve(query.Where, table.AsMeasurement(), out ImmutableArray<Filter> where)) return [];

        List<AggregateRow> rows = [];
        await foreach (IReadOnlyList<AggregateRow> part in RowsAsync(DuckDbQueryText.Aggregate(query, where, range, table), r => Row(r, query), cancellationToken))
        {
            rows.AddRange(part.Where(r => r.Values.Any(v => v is not null)));
        }

        rows.Sort(AggregateOrder.Instance);
        return rows;
    }

    public async IAsyncEnumerable<Point> ReadAsync(PointQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await TextAsync(query, cancellationToken) is not { } asked) yield break;
        await foreach (IReadOnlyList<Point> part in RowsAsync(asked.Text, r => ReadPoint(r, asked.Table, asked.Fields), cancellationToken))
        {
            foreach (Point point in part) yield return point;
        }
    }

    public async Task<bool> DeleteAsync(DeleteQuery query, CancellationToken cancellationToken)
    {
        QueryRange range = QueryRange.Of(query.From, query.To);
        if (range.IsEmpty || await FindAsync(query.Measurement, cancellationToken) is not { } table) return true;
        if (!QueryRules.TryResolve(query.Where, table.AsMeasurement(), out ImmutableArray<Filter> where)) return true;
        await LockedAsync(Delete, cancellationToken);
        return true;

        void Delete()
        {
            if (!_writer.IsReady(_catalog())) _writer.Prepare(_catalog());
            _writer.Run(DuckDbQueryText.Delete(where, range, table));
        }
    }

    public async ValueTask<string?> TextOfAsync(PointQuery query, CancellationToken cancellationToken) => (await TextAsync(query, cancellationToken))?.Text;

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        _writer.Dispose();
        _writing.Dispose();
    }

    private async ValueTask<(string Text, DuckDbTable Table, FieldSchema[] Fields)?> TextAsync(PointQuery query, CancellationToken cancellationToken)
    {
        QueryRange range = QueryRange.Of(query.From, query.To);
        if (range.IsEmpty || query.Limit is <= 0 || await FindAsync(query.Measurement, cancellationToken) is not { } table) return null;
        if (!QueryRules.TryResolve(query.Where, table.AsMeasurement(), out ImmutableArray<Filter> where)) return null;
        FieldSchema[] fields = [.. table.Fields.Where(f => query.Fields.IsDefaultOrEmpty || query.Fields.Contains(f.Name))];
        return fields.Length == 0 ? null : (DuckDbQueryText.Points(query, where, range, table, fields), table, fields);
    }

    private async ValueTask<DuckDbTable?> FindAsync(string measurement, CancellationToken cancellationToken)
    {
        if (!_writer.IsReady(_catalog())) await OpenAsync(cancellationToken);
        return _writer.Tables.GetValueOrDefault(measurement);
    }

    private async Task LockedAsync(Action work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // Not cancelled once begun: a batch is stored or not.
            await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    // Rows in parts, each read on the thread pool.
    private async IAsyncEnumerable<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<DuckDBDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PartSize = 2048; // DuckDB's own
        DuckDBConnection connection = await Task.Run(_file.Connect, cancellationToken);
        try
        {
            await using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = sql;
            command.UseStreamingMode = true;
            await using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(c => ((DuckDBCommand)c!).Cancel(), command);
            await using DuckDBDataReader reader = await GuardedAsync(command.ExecuteReader, cancellationToken);
            for (bool more = true; more;)
            {
                List<T> part = await GuardedAsync(() => Part(reader, read, PartSize), cancellationToken);
                more = part.Count == PartSize;
                yield return part;
            }
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private static List<T> Part<T>(DuckDBDataReader reader, Func<DuckDBDataReader, T> read, int size)
    {
        List<T> part = [];
        while (part.Count < size && reader.Read()) part.Add(read(reader));
        return part;
    }

    private async Task<T> GuardedAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        catch (DuckDBException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _file.Failed(e);
        }
    }

    private static AggregateRow Row(DuckDBDataReader reader, AggregateQuery query)
    {
        long window = reader.GetInt64(0);
        DateTimeOffset start = query.Window switch
        {
            WindowSize.Fixed { Length: var length } => DateTimeOffset.UnixEpoch + window * length,
            WindowSize.CivilDay { Zone: var zone } => CivilDays.Start(DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)window), zone),
            _ => query.From.ToUniversalTime(),
        };
        int groups = query.GroupBy.Length;
        ImmutableArray<string> group = [.. Enumerable.Range(1, groups).Select(reader.GetString)];
        ImmutableArray<double?> values = [.. Enumerable.Range(1 + groups, query.Select.Length).Select(i => reader.IsDBNull(i) ? null : (double?)reader.GetDouble(i))];
        return new AggregateRow(start, group, values);
    }

    private static Point ReadPoint(DuckDBDataReader reader, DuckDbTable table, FieldSchema[] fields)
    {
        ImmutableSortedDictionary<string, string>.Builder tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        int at = 1;
        foreach (string tag in table.Tags)
        {
            if (reader.GetString(at++) is { Length: > 0 } value) tags.Add(tag, value);
        }

        ImmutableSortedDictionary<string, object>.Builder values = ImmutableSortedDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        foreach (FieldSchema field in fields)
        {
            if (!reader.IsDBNull(at)) values.Add(field.Name, reader.GetValue(at));
            at++;
        }

        return new Point(reader.GetInt64(0), tags.ToImmutable(), values.ToImmutable());
    }
}
