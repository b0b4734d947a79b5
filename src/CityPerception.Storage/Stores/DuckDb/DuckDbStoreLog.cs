using CityPerception.Core.Schema;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>Events 2350 to 2399; the next free one is 2355.</summary>
internal static partial class DuckDbStoreLog
{
    [LoggerMessage(2350, LogLevel.Information, "DuckDB file {Path} is open, {Tables} tables.")]
    public static partial void Opened(this ILogger logger, string path, int tables);

    [LoggerMessage(2351, LogLevel.Debug, "Table {Table} created.")]
    public static partial void TableCreated(this ILogger logger, string table);

    [LoggerMessage(2352, LogLevel.Information, "Column {Column} added to table {Table}.")]
    public static partial void ColumnAdded(this ILogger logger, string table, string column);

    [LoggerMessage(2354, LogLevel.Debug, "Column {Column} of table {Table} made for its first value.")]
    public static partial void ColumnBegun(this ILogger logger, string table, string column);

    [LoggerMessage(2353, LogLevel.Warning, "{Measurement}.{Field} is stored as {Stored} and stays so: measurements.yaml now says {Wanted}, whose values will be refused. Give the field another name.")]
    public static partial void TypeKept(this ILogger logger, string measurement, string field, FieldType stored, FieldType wanted);
}
