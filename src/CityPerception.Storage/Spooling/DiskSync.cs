using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Spooling;

/// <summary>Returns when the disk has it, and throws when the disk does not say so.</summary>
public static partial class DiskSync
{
    private const int Interrupted = 4; // EINTR

    /// <summary>Makes what was written to a file durable.</summary>
    /// <remarks>
    /// Not <c>RandomAccess.FlushToDisk</c> and not <c>FileStream.Flush(true)</c>: on Linux those of .NET 10
    /// call fsync and pass over its error. With <c>strace -e inject=fsync:error=EIO</c> both return as if all was well.
    /// </remarks>
    /// <exception cref="IOException">Whether the disk has it is not known.</exception>
    public static void File(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
#pragma warning disable RS0030 // FlushFileBuffers, whose error it reports
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        while (FSync(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) throw Failed(path);
        }
    }

    /// <summary>Makes the names in a directory durable: without it a power cut may take a synced file whose name was not.</summary>
    /// <exception cref="IOException">The directory could not be synced.</exception>
    public static void Directory(string directory)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals names by itself, and a directory has no handle to flush

        int descriptor = Open(directory, 0);
        if (descriptor < 0) throw Failed(directory);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true); // read-only: closing loses nothing
        if (FSync(handle) != 0) throw Failed(directory);
    }

    private static IOException Failed(string path) => new($"{path} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");

    // .NET opens no directories.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int readOnly);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);
}
