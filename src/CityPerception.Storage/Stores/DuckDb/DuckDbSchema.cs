using System.Collections.Frozen;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>Brings the file's tables up to a schema: what is missing is added, what is there stays.</summary>
/// <remarks>
/// A field gets its column with its first value. Measurements name many fields (three statistics for each of twelve
/// pollutants) of which a city's devices send a handful, and a row pays for every column of its table: with all 60 columns of
/// air_quality a row cost twice the time that it costs with the 12 in use.
/// </remarks>
internal static class DuckDbSchema
{
    /// <summary>Creates tables and columns that are missing and returns all tables that the file then has.</summary>
    /// <exception cref="StoreUnavailableException">The schema has names that DuckDB does not tell apart.</exception>
    public static FrozenDictionary<string, DuckDbTable> Apply(DuckDBConnection connection, MeasurementCatalog catalog, ILogger logger)
    {
        CheckNames(catalog);
        string database = (string)connection.Scalar("SELECT current_database()")!;
        FrozenDictionary<string, DuckDbTable> tables = Read(connection, database, catalog);
        foreach (Measurement measurement in catalog.ByName.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (tables.TryGetValue(measurement.Name, out DuckDbTable? table)) Extend(connection, table, measurement, logger);
            else Create(connection, database, measurement, logger);
        }

        return Read(connection, database, catalog);
    }

    /// <summary>Adds the columns of fields whose first value has come, and returns all tables that the file then has.</summary>
    public static FrozenDictionary<string, DuckDbTable> AddFields(DuckDBConnection connection, IEnumerable<(DuckDbTable Table, FieldSchema Field)> fields, MeasurementCatalog catalog, ILogger logger)
    {
        foreach ((DuckDbTable table, FieldSchema field) in fields)
        {
            AddColumn(connection, table, field.Name, DuckDbSql.Type(field.Type));
            logger.ColumnBegun(table.Name, field.Name);
        }

        return Read(connection, (string)connection.Scalar("SELECT current_database()")!, catalog);
    }

    private static void Create(DuckDBConnection connection, string database, Measurement measurement, ILogger logger)
    {
        IEnumerable<string> columns = measurement.Tags.Select(t => $"{DuckDbSql.Name(t.Name)} VARCHAR NOT NULL DEFAULT ''").Prepend("time BIGINT NOT NULL");
        connection.Run($"CREATE TABLE IF NOT EXISTS {DuckDbSql.Name(database)}.main.{DuckDbSql.Name(measurement.Name)} ({string.Join(", ", columns)})");
        logger.TableCreated(measurement.Name);
    }

    private static void Extend(DuckDBConnection connection, DuckDbTable table, Measurement measurement, ILogger logger)
    {
        // DuckDB cannot add NOT NULL; the default fills the rows that are there.
        foreach (TagSchema tag in measurement.Tags.Where(t => !table.Tags.Contains(t.Name)))
        {
            AddColumn(connection, table, tag.Name, "VARCHAR DEFAULT ''");
            logger.ColumnAdded(measurement.Name, tag.Name);
        }

        foreach (FieldSchema field in measurement.Fields)
        {
            if (table.Fields.FirstOrDefault(f => f.Name == field.Name) is { } there && there.Type != field.Type)
                logger.TypeKept(measurement.Name, field.Name, there.Type, field.Type);
        }
    }

    private static void AddColumn(DuckDBConnection connection, DuckDbTable table, string name, string type) =>
        connection.Run($"ALTER TABLE {table.FullName} ADD COLUMN IF NOT EXISTS {DuckDbSql.Name(name)} {type}");

    private static FrozenDictionary<string, DuckDbTable> Read(DuckDBConnection connection, string database, MeasurementCatalog catalog)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = "SELECT table_name, column_name, data_type, column_default IS NOT NULL FROM duckdb_columns()"
            + $" WHERE database_name = {DuckDbSql.Text(database)} AND schema_name = 'main' ORDER BY table_name, column_index";
        List<(string Table, string Column, string Type, bool IsTag)> columns = [];
        using (DuckDBDataReader reader = command.ExecuteReader())
        {
            while (reader.Read()) columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)));
        }

        return columns.GroupBy(c => c.Table)
            .Select((t, number) => new DuckDbTable(database, t.Key, number, [.. t.Select(Column)], catalog.ByName.GetValueOrDefault(t.Key)))
            .ToFrozenDictionary(t => t.Name);
    }

    private static DuckDbColumn Column((string Table, string Column, string Type, bool IsTag) column)
    {
        DuckDbColumnKind kind = column.Column == "time" ? DuckDbColumnKind.Time : column.IsTag ? DuckDbColumnKind.Tag : DuckDbColumnKind.Field;
        FieldType? type = Enum.GetValues<FieldType>().Where(t => DuckDbSql.Type(t) == column.Type).Cast<FieldType?>().FirstOrDefault();
        return new DuckDbColumn(column.Column, kind, type ?? throw new StoreUnavailableException(
            DuckDbStore.StoreName, $"the table {column.Table} has a column {column.Column} of type {column.Type}, which is none of ours: is the file in Store:DuckDb:Path another program's?"));
    }

    // DuckDB compares names without regard to case.
    private static void CheckNames(MeasurementCatalog catalog)
    {
        Check("measurements", catalog.ByName.Keys);
        foreach (Measurement m in catalog.ByName.Values)
        {
            Check($"the tags and fields of '{m.Name}'", m.Tags.Select(t => t.Name).Concat(m.Fields.Select(f => f.Name)).Append("time"));
        }

        static void Check(string what, IEnumerable<string> names)
        {
            IGrouping<string, string>? twice = names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
            if (twice is not null)
            {
                throw new StoreUnavailableException(DuckDbStore.StoreName, $"{what} must differ in more than case ('time' is taken): {string.Join(", ", twice.Select(n => $"'{n}'"))}; rename one in measurements.yaml.");
            }
        }
    }
}
