using CityPerception.TestKit;

namespace CityPerception.Tests.Support;

/// <summary>A copy of the shipped configuration that a test may change.</summary>
internal sealed class ConfigCopy : IDisposable
{
    private readonly TempFolder _folder = new();

    public ConfigCopy()
    {
        string shipped = RepositoryFolder.Find("ingest-configs");
        foreach (string file in Directory.EnumerateFiles(shipped, "*", SearchOption.AllDirectories))
        {
            string copy = _folder.File(System.IO.Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Path => _folder.Path;

    public string Read(string file) => File.ReadAllText(_folder.File(file));

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_folder.File(file))!);
        File.WriteAllText(_folder.File(file), text);
    }

    /// <summary>Replaces text that must be there.</summary>
    public void Replace(string file, string old, string with)
    {
        string text = Read(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        Write(file, text.Replace(old, with, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();
}
