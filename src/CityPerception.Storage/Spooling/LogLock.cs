namespace CityPerception.Storage.Spooling;

/// <summary>Holds a directory for one log. The system releases it with the process, however that ends.</summary>
internal sealed class LogLock : IDisposable
{
    private readonly FileStream _file;

    private LogLock(FileStream file) => _file = file;

    /// <exception cref="SpoolInUseException">Somebody else holds it.</exception>
    public static LogLock Take(string directory)
    {
        try
        {
            return new LogLock(new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new SpoolInUseException(directory, e);
        }
    }

    public void Dispose() => _file.Dispose();
}
