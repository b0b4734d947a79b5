using System.Globalization;
using CityPerception.Core.Queries;
using CityPerception.Storage.Spooling;
using DuckDB.NET.Data;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>Opens connections to the file; all of them share one database in this process, and only this process has it.</summary>
internal sealed class DuckDbFile(DuckDbOptions options)
{
    private readonly Lock _making = new();

    private string ConnectionString(string path) => new DuckDBConnectionStringBuilder
    {
        DataSource = path,
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
        var connection = new DuckDBConnection(ConnectionString(options.Path));
        try
        {
            MakeIfMissing();
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

    // DuckDB takes no file that it has begun to make and not finished, as a kill at the first start leaves one. So it is made
    // beside its place, and moved there whole.
    private void MakeIfMissing()
    {
        lock (_making)
        {
            if (File.Exists(options.Path)) return;
            string folder = Path.GetDirectoryName(Path.GetFullPath(options.Path))!, draft = options.Path + ".new";
            Directory.CreateDirectory(folder);
            File.Delete(draft);
            using (var made = new DuckDBConnection(ConnectionString(draft))) made.Open();
            File.Move(draft, options.Path);
            DiskSync.Directory(folder);
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
