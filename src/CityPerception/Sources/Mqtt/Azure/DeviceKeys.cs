using System.Collections.Frozen;
using System.Globalization;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>
/// The keys of devices: a text file, a line a key, <c>device,key</c> or <c>device/module,key</c> with the key in base64. A
/// device may have several lines, so that its key can be changed. Empty lines and those with <c>#</c> do not count.
/// </summary>
internal sealed class DeviceKeys
{
    // RFC 2104, 3: shorter than this a key can be guessed; the hub's own have 16 to 64 bytes.
    private const int MinKeyBytes = 16;

    private readonly FrozenDictionary<string, byte[][]> _byName;

    private DeviceKeys(FrozenDictionary<string, byte[][]> byName) => _byName = byName;

    /// <summary>How many devices and modules have a key.</summary>
    public int Count => _byName.Count;

    /// <summary>The keys of a device or module; none for one that is not known.</summary>
    public IReadOnlyList<byte[]> Of(AzureName name) => _byName.TryGetValue(name.ToString(), out byte[][]? keys) ? keys : [];

    /// <summary>Reads the file; null with what is wrong, which names lines and never a key.</summary>
    public static DeviceKeys? Read(string file, out string? fault)
    {
        try
        {
            return Parse(File.ReadAllLines(file), file, out fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"{file} cannot be read: {e.Message}";
            return null;
        }
    }

    private static DeviceKeys? Parse(string[] lines, string file, out string? fault)
    {
        Dictionary<string, List<byte[]>> keys = new(StringComparer.Ordinal);
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            int comma = line.LastIndexOf(',');
            byte[] key = new byte[line.Length];
            if (comma <= 0 || !Convert.TryFromBase64String(line[(comma + 1)..].Trim(), key, out int length) || length < MinKeyBytes)
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"{file}, line {number}: allowed: device,key or device/module,key with a key of at least {MinKeyBytes} bytes in base64.");
                return null;
            }

            string name = line[..comma].Trim();
            if (!keys.TryGetValue(name, out List<byte[]>? of)) keys.Add(name, of = []);
            of.Add(key[..length]);
        }

        fault = null;
        return new DeviceKeys(keys.ToFrozenDictionary(k => k.Key, k => k.Value.ToArray(), StringComparer.Ordinal));
    }
}
