using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Configuration;

/// <summary>The ingest-configs that the product ships.</summary>
internal static class ShippedFiles
{
    public static string Folder { get; } = RepositoryFolder.Find("ingest-configs");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));
}
