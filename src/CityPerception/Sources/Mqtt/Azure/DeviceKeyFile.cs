using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>The key file as it is now. It is looked at when somebody connects, once a second at the most; one that cannot be read leaves the keys from before in place.</summary>
internal sealed class DeviceKeyFile(IOptions<AzureOptions> options, TimeProvider clock, ILogger<DeviceKeyFile> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private DeviceKeys? _keys;
    private DateTime _written;
    private long _lookedAt;

    /// <summary>Whether there are keys, and tokens are checked.</summary>
    public bool IsSet => !string.IsNullOrEmpty(options.Value.KeyFile);

    /// <summary>The keys of a device or module; none for one that is not known.</summary>
    public IReadOnlyList<byte[]> Of(AzureName name)
    {
        lock (_gate)
        {
            if (_keys is null || clock.GetElapsedTime(_lookedAt) >= Pause) Look(options.Value.KeyFile!);
            return _keys?.Of(name) ?? [];
        }
    }

    private void Look(string file)
    {
        _lookedAt = clock.GetTimestamp();
        DateTime written = File.GetLastWriteTimeUtc(file);
        if (_keys is not null && written == _written) return;
        _written = written;
        if (DeviceKeys.Read(file, out string? fault) is { } keys) _keys = keys;
        else logger.KeptOldKeys(fault!);
    }
}
