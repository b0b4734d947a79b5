using CityPerception.Storage.Operations;
using Microsoft.AspNetCore.DataProtection;

namespace CityPerception.Hosting;

/// <summary>Encrypts with keys in a folder that only this user may read; servers that share a database share the folder.</summary>
internal sealed class SecretProtector : ISecretProtector
{
    /// <summary>What all keys of the folder are for.</summary>
    public const string Application = "cityperception";

    /// <summary>What is encrypted: one purpose's cannot be opened as another's.</summary>
    public const string Devices = "secrets of devices", Letters = "keys of dead letters";

    private readonly IDataProtector _protector;

    private SecretProtector(DirectoryInfo keys, string purpose) =>
        _protector = DataProtectionProvider.Create(keys, static builder => builder.SetApplicationName(Application)).CreateProtector(purpose);

    /// <summary>Opens the folder, and makes it where there is none.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="purpose">What for.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SecretProtector Open(string directory, string purpose = Devices) => new(Folder(directory), purpose);

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
