using System.Runtime.InteropServices;

namespace CityPerception.Storage.Spooling;

/// <summary>Makes the names in a directory durable: without it a power cut may take a synced file whose name was not.</summary>
internal static partial class DirectorySync
{
    /// <exception cref="IOException">The directory could not be synced.</exception>
    public static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals names by itself, and a directory has no handle to flush

        int descriptor = Open(directory, 0);
        if (descriptor < 0) throw Failed(directory);
        try
        {
            if (FSync(descriptor) != 0) throw Failed(directory);
        }
        finally
        {
            _ = Close(descriptor); // read-only: closing loses nothing
        }
    }

    private static IOException Failed(string directory) =>
        new($"{directory} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");

    // .NET opens no directories.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int readOnly);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
