using CityPerception.Hosting;
using CityPerception.Storage.Spooling;

namespace CityPerception.FieldReports;

/// <summary>The photos of reports, in <c>photos</c> of the data directory: a file each, under a random name that the phone made.</summary>
internal sealed class PhotoStore(ServeArguments arguments)
{
    public const string Folder = "photos";

    private string Root => Path.Combine(arguments.DataDirectory, Folder);

    /// <summary>The file of a photo; null if there is none.</summary>
    public string? Find(Guid id) => PathOf(id) is { } path && File.Exists(path) ? path : null;

    /// <summary>Whether the photo is here, durably: it may have come just before the server was stopped.</summary>
    /// <exception cref="IOException">The disk does not have it.</exception>
    public bool Has(Guid id)
    {
        if (Find(id) is not { } path) return false;
        Sync(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Keeps a photo, durably. One that is there already stays as it is.</summary>
    /// <exception cref="IOException">The disk does not have it.</exception>
    public void Add(Guid id, byte[] jpeg)
    {
        string path = PathOf(id), folder = Path.GetDirectoryName(path)!, unfinished = Path.Combine(folder, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        try
        {
            using (FileStream file = new(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(jpeg);
                file.Flush();
                DiskSync.File(file.SafeFileHandle, unfinished);
            }

            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // The same photo by another request: it is as good.
        }
        finally
        {
            File.Delete(unfinished);
        }

        Sync(folder);
    }

    private void Sync(string folder)
    {
        DiskSync.Directory(folder);
        DiskSync.Directory(Root);
        DiskSync.Directory(arguments.DataDirectory);
    }

    // 256 folders, so that none grows too long to be listed.
    private string PathOf(Guid id)
    {
        string name = id.ToString("N");
        return Path.Combine(Path.GetFullPath(Root), name[..2], name + ".jpg");
    }
}
