namespace CityPerception.Hosting;

/// <summary>The two directories a server needs: configuration to read, data to write.</summary>
internal static class ServeDirectories
{
    public const string Config = "ingest-configs", Data = "data";

    /// <summary>The directory as given, or, where the default is not in the working directory, the one that came with the program.</summary>
    public static string FindConfig(string? given)
    {
        if (given is not null) return given;
        string shipped = Path.Combine(AppContext.BaseDirectory, Config);
        return !Directory.Exists(Config) && Directory.Exists(shipped) ? shipped : Config;
    }

    /// <summary>Makes what may be made. Gives back what is wrong, or null.</summary>
    public static string? Prepare(ServeArguments arguments)
    {
        if (!Directory.Exists(arguments.ConfigDirectory))
            return $"The configuration directory '{arguments.ConfigDirectory}' does not exist. Name it with --config DIR.\n    配置目录不存在，请用 --config 指定。";
        try
        {
            Directory.CreateDirectory(arguments.DataDirectory);
            string probe = Path.Combine(arguments.DataDirectory, $".probe-{Environment.ProcessId}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The data directory '{arguments.DataDirectory}' cannot be written: {e.Message} Name another with --data DIR.\n    数据目录不可写，请用 --data 指定其他目录。";
        }
    }
}
