using DuckDB.NET.Data;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>Short forms for statements without rows and for single values.</summary>
internal static class DuckDbCommands
{
    public static void Run(this DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(this DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
