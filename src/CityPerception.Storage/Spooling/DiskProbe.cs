namespace CityPerception.Storage.Spooling;

/// <summary>Finds out whether a disk that failed takes data again, before anybody is told so.</summary>
internal static class DiskProbe
{
    private const string Name = "probe";

    /// <summary>Returns when so many bytes have been written, synced and deleted.</summary>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    /// <exception cref="UnauthorizedAccessException">It has become read-only.</exception>
    public static void Run(string directory, int bytes)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            file.Write(new byte[bytes]);
            DiskSync.File(file.SafeFileHandle, path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
