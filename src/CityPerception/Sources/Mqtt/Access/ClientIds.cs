namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// What the broker calls the clients of devices: their client id with the device before it, so that no device can take over
/// another's session, whatever client id it chooses.
/// </summary>
internal static class ClientIds
{
    // No device's id has it.
    private const char Separator = '#';

    public static string Of(string device, string clientId) => clientId == device ? device : $"{device}{Separator}{clientId}";

    /// <summary>Whose client it is.</summary>
    public static string DeviceOf(string clientId)
    {
        int end = clientId.IndexOf(Separator, StringComparison.Ordinal);
        return end < 0 ? clientId : clientId[..end];
    }
}
