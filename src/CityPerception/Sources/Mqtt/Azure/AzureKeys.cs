using CityPerception.Sources.Keys;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>The keys that devices and modules sign their tokens with.</summary>
internal sealed class AzureKeys(IOptions<AzureOptions> options, TimeProvider clock, ILogger<AzureKeys> logger)
{
    /// <summary>A line of the key file.</summary>
    public static readonly KeyForm Form = new($"device,key or device/module,key with a key of at least {DeviceSecrets.MinKeyBytes} bytes in base64", DeviceSecrets.FindKey);

    private readonly DeviceKeyFile _file = new(options.Value.KeyFile, Form, clock, logger.KeptOldKeys);

    /// <summary>Whether there are keys, and tokens are checked.</summary>
    public bool IsSet => _file.IsSet;

    /// <summary>The keys of a device or module; none for one that is not known.</summary>
    public IReadOnlyList<byte[]> Of(AzureName name) => _file.Of(name.ToString());
}
