using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;

namespace CityPerception.Configuration;

/// <summary>Reads the files of a configuration directory; what they mean is Core's business.</summary>
internal static class ConfigDirectory
{
    private const long MaxFileBytes = 64 << 20;

    /// <summary>Reads and compiles all of it.</summary>
    public static LoadedConfig Load(string directory)
    {
        var faults = new ConfigFaults();
        Dictionary<string, byte[]> files = ReadFiles(directory, faults);
        IngestPlan? plan = IngestPlan.Load(files, faults);
        return new LoadedConfig(faults.All.Count == 0 ? plan : null, files.Count, faults.All); // a file that cannot be read is a fault too
    }

    /// <summary>Every YAML, CSV and GeoJSON file, by its path in the directory.</summary>
    public static Dictionary<string, byte[]> ReadFiles(string directory, ConfigFaults faults)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (FileInfo file in FindFiles(directory))
        {
            string path = Path.GetRelativePath(directory, file.FullName).Replace('\\', '/');
            if (file.Length > MaxFileBytes)
            {
                faults.Add(new ConfigPlace(path, 1, 1), "", $"{file.Length} bytes", $"at most {MaxFileBytes}");
                continue;
            }

            try
            {
                files[path] = File.ReadAllBytes(file.FullName);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add(new ConfigPlace(path, 1, 1), "", "a file that cannot be read: " + e.Message, "a readable file");
            }
        }

        return files;
    }

    /// <summary>Changes whenever a file is added, removed or written.</summary>
    public static long Fingerprint(string directory)
    {
        var hash = new HashCode();
        foreach (FileInfo file in FindFiles(directory).OrderBy(f => f.FullName, StringComparer.Ordinal))
        {
            hash.Add(file.FullName);
            hash.Add(file.Length);
            hash.Add(file.LastWriteTimeUtc.Ticks);
        }

        return hash.ToHashCode();
    }

    private static IEnumerable<FileInfo> FindFiles(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Extension is ".yaml" or ".csv" or ".geojson");
}

/// <summary>What became of a configuration directory.</summary>
/// <param name="Plan">Null if anything is wrong.</param>
/// <param name="Files">How many files were read.</param>
/// <param name="Faults">Everything that is wrong, with paths below the directory.</param>
internal sealed record LoadedConfig(IngestPlan? Plan, int Files, IReadOnlyList<ConfigFault> Faults);
