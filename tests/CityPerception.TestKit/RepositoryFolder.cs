namespace CityPerception.TestKit;

/// <summary>Finds folders of the repository from wherever the tests run.</summary>
public static class RepositoryFolder
{
    public static string Root { get; } = FindRoot();

    public static string Find(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "CityPerception.sln"))) return at.FullName;
        throw new InvalidOperationException($"No CityPerception.sln above {AppContext.BaseDirectory}.");
    }
}
