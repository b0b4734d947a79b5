using System.Collections.Frozen;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>The one connection that writes. Not for concurrent use: the store lets one caller in at a time.</summary>
/// <remarks>
/// A row later than all rows of its table can be no point that is there already: it is appended as it is. Only the others
/// go through a temporary table and MERGE, which costs half as much again.
/// </remarks>
internal sealed class DuckDbWriter(DuckDbFile file, DuckDbOptions options, ILogger logger) : IDisposable
{
    private readonly Dictionary<DuckDbTable, long> _latestNs = []; // only this writer makes rows
    private readonly HashSet<DuckDbTable> _staging = [];
    private DuckDBConnection? _connection;
    private MeasurementCatalog? _applied;
    private volatile FrozenDictionary<string, DuckDbTable> _tables = FrozenDictionary<string, DuckDbTable>.Empty;

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
            _latestNs.Clear();
            _applied = catalog;
        }
        catch (DuckDBException e)
        {
            Close();
            throw file.Failed(e);
        }

        if (opened) logger.Opened(options.Path, _tables.Count);
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
        if (!_latestNs.TryGetValue(table, out long latestNs))
        {
            latestNs = connection.Scalar($"SELECT max(time) FROM {table.FullName}") as long? ?? long.MinValue;
        }

        if (rows.FirstNs <= latestNs) Merge(connection, table, rows, Math.Min(rows.LastNs, latestNs));
        if (rows.LastNs > latestNs)
        {
            using DuckDBAppender appender = connection.CreateAppender(table.Database, "main", table.Name);
            rows.AppendTo(appender, latestNs + 1, rows.LastNs);
        }

        _latestNs[table] = Math.Max(latestNs, rows.LastNs); // should the transaction fail, all of this is forgotten
    }

    private void Merge(DuckDBConnection connection, DuckDbTable table, StagedRows rows, long lastNs)
    {
        connection.Run(_staging.Contains(table) ? $"TRUNCATE temp.main.{table.StagingName}" : table.CreateStaging);
        _staging.Add(table);
        using (DuckDBAppender appender = connection.CreateAppender("temp", "main", table.StagingName)) rows.AppendTo(appender, rows.FirstNs, lastNs);
        connection.Run(table.Merge(rows.FirstNs, lastNs));
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _applied = null;
        _staging.Clear();
        _latestNs.Clear();
    }
}
