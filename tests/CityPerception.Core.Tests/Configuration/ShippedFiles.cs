using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Configuration;

/// <summary>The ingest-configs that the product ships.</summary>
internal static class ShippedFiles
{
    public static string Folder { get; } = RepositoryFolder.Find("ingest-configs");

    private static readonly Lazy<IngestPlan> Loaded = new(Load);

    public static IngestPlan Plan => Loaded.Value;

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    private static IngestPlan Load()
    {
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(
            Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'), File.ReadAllBytes),
            faults);
        Assert.True(plan is not null, string.Join("\n", faults.All));
        return plan;
    }
}
