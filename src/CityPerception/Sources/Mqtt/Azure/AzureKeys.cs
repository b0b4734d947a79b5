using CityPerception.Sources.Keys;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>The keys that devices and modules sign their tokens with.</summary>
internal sealed class AzureKeys(IOptions<AzureOptions> options, TimeProvider clock, ILogger<AzureKeys> logger)
{
    // RFC 2104, 3: shorter than this a key can be guessed; the hub's own have 16 to 64 bytes.
    private const int MinKeyBytes = 16;

    /// <summary>A line of the key file.</summary>
    public static readonly KeyForm Form = new($"device,key or device/module,key with a key of at least {MinKeyBytes} bytes in base64", Read);

    private readonly DeviceKeyFile _file = new(options.Value.KeyFile, Form, clock, logger.KeptOldKeys);

    /// <summary>Whether there are keys, and tokens are checked.</summary>
    public bool IsSet => _file.IsSet;

    /// <summary>The keys of a device or module; none for one that is not known.</summary>
    public IReadOnlyList<byte[]> Of(AzureName name) => _file.Of(name.ToString());

    private static byte[]? Read(string text)
    {
        byte[] key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out int length) && length >= MinKeyBytes ? key[..length] : null;
    }
}
