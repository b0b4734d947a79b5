using CityPerception.Hosting;

namespace CityPerception.Sources.Keys;

/// <summary>A key file as it is now; one that cannot be read leaves the keys from before in place.</summary>
/// <param name="file">The file; null or empty for none.</param>
/// <param name="form">What its lines may be.</param>
/// <param name="clock">The time.</param>
/// <param name="kept">Is told why the keys from before stay.</param>
internal sealed class DeviceKeyFile(string? file, KeyForm form, TimeProvider clock, Action<string> kept)
{
    private readonly Reread<DateTime, DeviceKeys> _keys = new(
        (out written, out fault) =>
        {
            (written, fault) = (File.GetLastWriteTimeUtc(file!), null);
            return true;
        },
        (_, out fault) => DeviceKeys.Read(file!, form, out fault),
        kept,
        clock);

    /// <summary>Whether there is a file.</summary>
    public bool IsSet => !string.IsNullOrEmpty(file);

    /// <summary>The keys of a device; none for one that is not known.</summary>
    public IReadOnlyList<byte[]> Of(string device) => IsSet ? _keys.Current()?.Of(device) ?? [] : [];
}
