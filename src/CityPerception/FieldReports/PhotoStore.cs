using System.Text;
using CityPerception.Hosting;
using CityPerception.Storage.Spooling;

namespace CityPerception.FieldReports;

/// <summary>A photo as it lies on the disk.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Report">The report that it came for; null while none has.</param>
/// <param name="CameAt">When it came, the last time.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record StoredPhoto(string Path, string? Report, DateTimeOffset CameAt, long Bytes);

/// <summary>
/// The photos of reports, in <c>photos</c> of the data directory: a file each, under a random name that the phone made, and
/// beside it, once its report is there, one that names the report.
/// </summary>
internal sealed class PhotoStore(ServeArguments arguments, TimeProvider clock)
{
    public const string Folder = "photos", Pattern = "*" + Ending;

    private const string Ending = ".jpg", ReportEnding = ".report";

    private string Root => Path.Combine(arguments.DataDirectory, Folder);

    /// <summary>The file of a photo; null if there is none.</summary>
    public string? Find(Guid id) => PathOf(id) is { } path && File.Exists(path) ? path : null;

    /// <summary>Whether the photo is here, durably: it may have come just before the server was stopped.</summary>
    /// <exception cref="IOException">The disk does not have it.</exception>
    public bool Has(Guid id)
    {
        if (Find(id) is not { } path) return false;
        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime); // its report is still to come
        Sync(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Keeps a photo, durably. One that is there already stays as it is.</summary>
    /// <exception cref="IOException">The disk does not have it.</exception>
    public void Add(Guid id, byte[] jpeg) => Write(PathOf(id), jpeg);

    /// <summary>Notes, durably, which report a photo is of.</summary>
    /// <exception cref="IOException">The disk does not have it.</exception>
    public void Attach(Guid id, Guid report) => Write(ReportFile(PathOf(id)), Encoding.ASCII.GetBytes(report.ToString()));

    /// <summary>All photos, and what a crash left of some.</summary>
    public IEnumerable<StoredPhoto> All()
    {
        if (!Directory.Exists(Root)) yield break;
        foreach (string path in Directory.EnumerateFiles(Path.GetFullPath(Root), "*", SearchOption.AllDirectories).Where(static p => !p.EndsWith(ReportEnding, StringComparison.Ordinal)))
        {
            var file = new FileInfo(path);
            string report = ReportFile(path);
            if (file.Exists) yield return new StoredPhoto(path, File.Exists(report) ? File.ReadAllText(report) : null, file.LastWriteTimeUtc, file.Length);
        }
    }

    /// <summary>Deletes a photo, and what names its report.</summary>
    public static void Delete(StoredPhoto photo)
    {
        File.Delete(photo.Path);
        File.Delete(ReportFile(photo.Path));
    }

    private void Write(string path, byte[] content)
    {
        string folder = Path.GetDirectoryName(path)!, unfinished = Path.Combine(folder, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        try
        {
            using (FileStream file = new(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
                file.Flush();
                DiskSync.File(file.SafeFileHandle, unfinished);
            }

            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // The same by another request: it is as good.
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
        return Path.Combine(Path.GetFullPath(Root), name[..2], name + Ending);
    }

    private static string ReportFile(string photo) => Path.ChangeExtension(photo, ReportEnding);
}
