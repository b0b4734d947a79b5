using System.Diagnostics;
using Xunit;

namespace CityPerception.TestKit;

/// <summary>A disk of a few megabytes under a folder (a tmpfs), that a test can fill. Its test is skipped where nobody may mount one.</summary>
public sealed class SmallDisk : IDisposable
{
    private const string Ballast = "ballast";

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public long FreeBytes => new DriveInfo(Folder).AvailableFreeSpace;

    /// <summary>Mounts one, at a folder that is made if it is missing.</summary>
    public static SmallDisk Mount(string folder, int megabytes)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("A small disk is a tmpfs, which Linux has.");
        Directory.CreateDirectory(folder);
        (int exitCode, string error) = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder);
        if (exitCode != 0) Assert.Skip($"A small disk cannot be mounted here; that takes root: {error.Trim()}");
        return new SmallDisk(folder);
    }

    /// <summary>Fills it to the last byte, but for what is asked to stay free.</summary>
    public void Fill(int leaveBytes = 0)
    {
        byte[] block = new byte[64 * 1024];
        using var file = new FileStream(Path.Combine(Folder, Ballast), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        while (FreeBytes is var free && free > leaveBytes)
        {
            try
            {
                file.Write(block, 0, (int)Math.Min(block.Length, free - leaveBytes));
            }
            catch (IOException)
            {
                // Whoever else writes there was faster, and has what was free.
            }
        }
    }

    /// <summary>Takes away what <see cref="Fill"/> put there.</summary>
    public void MakeRoom() => File.Delete(Path.Combine(Folder, Ballast));

    public void Dispose() => Run("umount", "-l", Folder); // lazily: whoever has a file open there keeps it until it ends

    private static (int ExitCode, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
