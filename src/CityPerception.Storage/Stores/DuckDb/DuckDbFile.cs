using System.Globalization;
using CityPerception.Core.Queries;
using DuckDB.NET.Data;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>Opens connections to the file; all of them share one database in this process, and only this process has it.</summary>
internal sealed class DuckDbFile(DuckDbOptions options)
{
    private readonly string _connectionString = new DuckDBConnectionStringBuilder
    {
        DataSource = options.Path,
        ["memory_limit"] = string.Create(CultureInfo.InvariantCulture, $"{options.MemoryMegabytes}MiB"),
        ["threads"] = options.Threads.ToString(CultureInfo.InvariantCulture),
        ["checkpoint_threshold"] = string.Create(CultureInfo.InvariantCulture, $"{options.CheckpointMegabytes}MiB"),

        // Queries say what order they want; keeping the order of insertion costs memory.
        ["preserve_insertion_order"] = "false",

        // A statement can reach this file and nothing else: no other files, no extensions, no network.
        ["enable_external_access"] = "false",
        ["autoload_known_extensions"] = "false",
        ["autoinstall_known_extensions"] = "false",
    }.ConnectionString;

    /// <exception cref="StoreUnavailableException">Another process has the file, or it cannot be read or made; in words.</exception>
    public DuckDBConnection Connect()
    {
        var connection = new DuckDBConnection(_connectionString);
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(options.Path)) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            connection.Open();
            return connection;
        }
        catch (Exception e) when (e is DuckDBException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            string what = e.Message.Contains("lock", StringComparison.OrdinalIgnoreCase)
                ? $"the file '{options.Path}' is held by another process, and only one may have it: stop that one or give another Store:DuckDb:Path ({FirstLine(e)})."
                : $"the file '{options.Path}' cannot be opened ({FirstLine(e)}); check Store:DuckDb:Path and the rights on it.";
            throw new StoreUnavailableException(DuckDbStore.StoreName, what, e);
        }
    }

    /// <summary>What a failed statement means to whoever runs the system.</summary>
    public StoreUnavailableException Failed(DuckDBException e)
    {
        string advice = e.Message.Contains("Out of Memory", StringComparison.OrdinalIgnoreCase)
            ? $"; ask for a shorter time, or raise Store:DuckDb:MemoryMegabytes (now {options.MemoryMegabytes})"
            : "";
        return new StoreUnavailableException(DuckDbStore.StoreName, $"{FirstLine(e)}{advice}.", e);
    }

    private static string FirstLine(Exception e)
    {
        string line = e.Message.Split('\n', 2)[0];
        return line.Length <= 500 ? line : line[..500];
    }
}
