using System.Collections.Frozen;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>The one connection that writes. Not for concurrent use: the store lets one caller in at a time.</summary>
/// <remarks>
/// A row later than all of its series can be no point that is there already: it is appended as it is. Only the others go
/// through a temporary table and MERGE, which costs more than half as much again. By the series and not by the table: senders
/// are not in step with each other, each with itself.
/// </remarks>
internal sealed class DuckDbWriter(DuckDbFile file, DuckDbOptions options, ILogger logger) : IDisposable
{
    private readonly Dictionary<string, long> _floorNs = []; // by table: what it held before its series had heads
    private readonly HashSet<DuckDbTable> _staging = [];
    private DuckDBConnection? _connection;
    private MeasurementCatalog? _applied;
    private volatile SeriesHeads _heads = new();
    private volatile FrozenDictionary<string, DuckDbTable> _tables = FrozenDictionary<string, DuckDbTable>.Empty;

    /// <summary>How far the series have come.</summary>
    public SeriesHeads Heads => _heads;

    /// <summary>The tables of the file; a changed schema swaps them whole.</summary>
    public FrozenDictionary<string, DuckDbTable> Tables => _tables;

    public bool IsReady(MeasurementCatalog catalog) => _connection is not null && ReferenceEquals(_applied, catalog);

    /// <summary>Opens the file and brings its tables up to the schema.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be opened or changed.</exception>
    public void Prepare(MeasurementCatalog catalog)
    {
        bool opened = _connection is null;
        _connection ??= file.Connect();
        try
        {
            _tables = DuckDbSchema.Apply(_connection, catalog, logger);
            _staging.Clear();
            ForgetHeads();
            _applied = catalog;
        }
        catch (DuckDBException e)
        {
            Close();
            throw file.Failed(e);
        }

        if (opened) logger.Opened(options.Path, _tables.Count);
    }

    /// <summary>Gives fields their columns.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be changed.</exception>
    public void AddFields(IEnumerable<(DuckDbTable Table, FieldSchema Field)> fields)
    {
        DuckDBConnection connection = _connection ?? throw new InvalidOperationException("The writer has not been prepared.");
        try
        {
            _tables = DuckDbSchema.AddFields(connection, fields, _applied!, logger);
            _staging.Clear();
        }
        catch (DuckDBException e)
        {
            Close();
            throw file.Failed(e);
        }
    }

    /// <summary>Runs a statement that makes no rows.</summary>
    /// <exception cref="StoreUnavailableException">Nothing has changed.</exception>
    public void Run(string sql)
    {
        DuckDBConnection connection = _connection ?? throw new InvalidOperationException("The writer has not been prepared.");
        try
        {
            connection.Run(sql);
        }
        catch (DuckDBException e)
        {
            Close();
            throw file.Failed(e);
        }
    }

    /// <summary>Stores the staged rows of all tables in one transaction, which is on disk when this returns.</summary>
    /// <exception cref="StoreUnavailableException">Nothing of it is stored.</exception>
    public void Write(StagedBatch batch)
    {
        DuckDBConnection connection = _connection ?? throw new InvalidOperationException("The writer has not been prepared.");
        try
        {
            connection.Run("BEGIN");
            foreach ((DuckDbTable table, StagedRows rows) in batch.Staged) Store(connection, table, rows);
            connection.Run("COMMIT");
            if (_heads.IsFull) ForgetHeads();
        }
        catch (DuckDBException e)
        {
            // A failed statement may have left the transaction, or after a fault of the disk the whole database, unusable.
            Close();
            throw file.Failed(e);
        }
    }

    public void Dispose() => Close();

    private void Store(DuckDBConnection connection, DuckDbTable table, StagedRows rows)
    {
        if (!_floorNs.TryGetValue(table.Name, out long floorNs))
            _floorNs[table.Name] = floorNs = connection.Scalar($"SELECT max(time) FROM {table.FullName}") as long? ?? long.MinValue; // only this writer makes rows

        rows.SortOut(floorNs);
        if (rows.LateCount > 0) Merge(connection, table, rows);
        if (rows.LateCount < rows.Count)
        {
            using DuckDBAppender appender = connection.CreateAppender(table.Database, "main", table.Name);
            rows.AppendTo(appender, late: false);
        }

        rows.AdvanceHeads();
    }

    private void Merge(DuckDBConnection connection, DuckDbTable table, StagedRows rows)
    {
        connection.Run(_staging.Contains(table) ? $"TRUNCATE temp.main.{table.StagingName}" : table.CreateStaging);
        _staging.Add(table);
        using (DuckDBAppender appender = connection.CreateAppender("temp", "main", table.StagingName)) rows.AppendTo(appender, late: true);
        connection.Run(table.Merge(rows.LateRange.FirstNs, rows.LateRange.LastNs));
    }

    private void ForgetHeads()
    {
        _floorNs.Clear();
        _heads = new SeriesHeads();
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _applied = null;
        _staging.Clear();
        ForgetHeads();
    }
}
