using CityPerception.Storage.Operations;

namespace CityPerception.Hosting;

/// <summary>The operational database, by the data directory and the settings.</summary>
internal static class OperationsParts
{
    public const string SqliteFile = "operations.db", KeysFolder = "keys";

    /// <summary>The settings, with SQLite's file in the data directory unless they say otherwise.</summary>
    public static OperationsOptions Read(IConfiguration settings, string dataDirectory)
    {
        OperationsOptions options = settings.GetSection(OperationsOptions.Section).Get<OperationsOptions>() ?? new OperationsOptions();
        if (settings[$"{OperationsOptions.Section}:{nameof(OperationsOptions.SqlitePath)}"] is null) options.SqlitePath = Path.Combine(dataDirectory, SqliteFile);
        return options;
    }
}
