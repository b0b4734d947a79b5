namespace CityPerception.Installing;

/// <summary>Files and folders that only the user has who runs the server.</summary>
internal static class OwnFiles
{
    /// <summary>Makes a folder where there is none.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file whole or not at all; nobody else may read it, not for a moment.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        string draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(draft);
        await using (var writer = new StreamWriter(draft, options)) await writer.WriteAsync(text.AsMemory(), cancellationToken);
        File.Move(draft, path, overwrite: true);
    }
}
