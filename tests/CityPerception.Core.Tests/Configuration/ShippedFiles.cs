namespace CityPerception.Core.Tests.Configuration;

/// <summary>The ingest-configs of the repository that the tests were built in.</summary>
internal static class ShippedFiles
{
    public static string Folder { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "ingest-configs");
            if (Directory.Exists(candidate)) return candidate;
        }
        throw new DirectoryNotFoundException($"No ingest-configs above {AppContext.BaseDirectory}.");
    }
}
