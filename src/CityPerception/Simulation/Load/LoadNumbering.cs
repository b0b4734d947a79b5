using System.Buffers.Text;
using System.Globalization;
using System.Text.Json.Serialization;

namespace CityPerception.Simulation.Load;

/// <summary>
/// Every message of a run is the n-th of a connection, from 0, and that pair is a device and a time that no other message
/// has. So a stored point says which message it came from.
/// </summary>
/// <param name="Run">Six hexadecimal digits that are in the ids of all its devices: other data in the same store is told apart.</param>
/// <param name="Devices">Device d belongs to connection d mod <paramref name="Connections"/>.</param>
/// <param name="Connections">How many there are.</param>
/// <param name="BeginMs">
/// The time of each device's first message; each further one is a millisecond later. A day before the run, so that no
/// message of a fast run is from the future.
/// </param>
internal sealed record LoadNumbering(string Run, int Devices, int Connections, long BeginMs)
{
    /// <summary>Digits of a device's number in its id.</summary>
    public const int DeviceDigits = 7;

    /// <summary>What the ids of all devices begin with.</summary>
    [JsonIgnore]
    public string DevicePrefix { get; } = $"AQ-{Run}-";

    public static LoadNumbering Begin(int devices, int connections, TimeProvider clock) => new(
        Random.Shared.Next(0x1000000).ToString("x6", CultureInfo.InvariantCulture), devices, connections, clock.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds());

    public string DeviceId(int device) => DevicePrefix + device.ToString($"D{DeviceDigits}", CultureInfo.InvariantCulture);

    public (int Device, long TimeMs) Of(int connection, long number)
    {
        int own = OwnDevices(connection);
        return (connection + Connections * (int)(number % own), BeginMs + number / own);
    }

    /// <summary>Which message has this device and time; false for a device or a time that none has.</summary>
    public bool TryFind(string deviceId, long timeMs, out int connection, out long number)
    {
        (connection, number) = (0, 0);
        if (!deviceId.StartsWith(DevicePrefix, StringComparison.Ordinal)) return false;
        return int.TryParse(deviceId.AsSpan(DevicePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int device)
            && TryFind(device, timeMs, out connection, out number);
    }

    /// <summary>The same for the text of an id behind its prefix.</summary>
    public bool TryFind(ReadOnlySpan<byte> deviceDigits, long timeMs, out int connection, out long number)
    {
        (connection, number) = (0, 0);
        return Utf8Parser.TryParse(deviceDigits, out int device, out int length) && length == DeviceDigits && TryFind(device, timeMs, out connection, out number);
    }

    /// <summary>So many devices has a connection.</summary>
    public int OwnDevices(int connection) => (Devices - connection + Connections - 1) / Connections;

    private bool TryFind(int device, long timeMs, out int connection, out long number)
    {
        connection = device % Connections;
        number = (timeMs - BeginMs) * OwnDevices(connection) + device / Connections;
        return device >= 0 && device < Devices && timeMs >= BeginMs;
    }
}
