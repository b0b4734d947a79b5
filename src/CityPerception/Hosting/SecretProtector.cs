using CityPerception.Storage.Operations;
using Microsoft.AspNetCore.DataProtection;

namespace CityPerception.Hosting;

/// <summary>Encrypts with keys in a folder that only this user may read; servers that share a database share the folder.</summary>
internal sealed class SecretProtector : ISecretProtector
{
    /// <summary>What all keys of the folder are for.</summary>
    public const string Application = "cityperception";

    private const string Purpose = "secrets of devices";

    private readonly IDataProtector _protector;

    private SecretProtector(DirectoryInfo keys) =>
        _protector = DataProtectionProvider.Create(keys, static builder => builder.SetApplicationName(Application)).CreateProtector(Purpose);

    /// <summary>Opens the folder, and makes it where there is none.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SecretProtector Open(string directory) => new(Folder(directory));

    /// <summary>The folder of keys, made where there is none, for this user alone.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static DirectoryInfo Folder(string directory)
    {
        var keys = new DirectoryInfo(directory);
        if (!keys.Exists && OperatingSystem.IsWindows()) keys.Create();
        else if (!keys.Exists) Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return keys;
    }

    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    public byte[] Unprotect(string secret) => _protector.Unprotect(Convert.FromBase64String(secret));
}
