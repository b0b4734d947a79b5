using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;

namespace CityPerception.Benchmarks;

/// <summary>The configuration that the product ships, compiled.</summary>
internal static class ShippedPlan
{
    public static IngestPlan Load()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "CityPerception.sln"))) at = at.Parent!;
        string config = Path.Combine(at.FullName, "ingest-configs");
        var faults = new ConfigFaults();
        Dictionary<string, byte[]> files = Directory.EnumerateFiles(config, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(config, f).Replace('\\', '/'), File.ReadAllBytes);
        return IngestPlan.Load(files, faults) ?? throw new InvalidOperationException(string.Join('\n', faults.All));
    }
}
