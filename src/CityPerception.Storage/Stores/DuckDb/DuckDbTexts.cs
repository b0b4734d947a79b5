using System.Runtime.CompilerServices;
using DuckDB.NET.Data;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>All texts of the file. Tags have a default value in it, fields have none.</summary>
internal static class DuckDbTexts
{
    private const string Columns = "SELECT table_name, column_name, column_default IS NOT NULL FROM information_schema.columns WHERE table_schema = 'main' AND data_type = 'VARCHAR' ORDER BY ALL";

    public static async IAsyncEnumerable<StoredText> ReadAsync(DuckDbOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var file = new DuckDbFile(options);
        await using DuckDBConnection connection = await Task.Run(file.Connect, cancellationToken);
        List<(string Table, string Column, bool IsTag)> columns = [];
        await using (DuckDBCommand list = connection.CreateCommand())
        {
            list.CommandText = Columns;
            await using DuckDBDataReader reader = list.ExecuteReader();
            while (reader.Read()) columns.Add((reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        }

        foreach ((string table, string column, bool isTag) in columns)
        {
            await using DuckDBCommand command = connection.CreateCommand();
            (string from, string name) = (DuckDbSql.Name(table), DuckDbSql.Name(column));
            command.CommandText = isTag ? $"SELECT DISTINCT {name} FROM {from} WHERE {name} <> ''" : $"SELECT {name}, time FROM {from} WHERE {name} <> ''";
            command.UseStreamingMode = true;
            await using DuckDBDataReader reader = await Task.Run(command.ExecuteReader, cancellationToken);
            while (reader.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new StoredText(table, column, isTag ? null : reader.GetInt64(1), reader.GetString(0));
            }
        }
    }
}
