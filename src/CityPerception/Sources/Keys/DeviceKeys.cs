using System.Collections.Frozen;
using System.Globalization;

namespace CityPerception.Sources.Keys;

/// <summary>What a line of a key file may be.</summary>
/// <param name="Allowed">In words, for whoever wrote another.</param>
/// <param name="Read">The key's bytes; null for what is no key.</param>
internal sealed record KeyForm(string Allowed, Func<string, byte[]?> Read);

/// <summary>
/// The keys of devices: a text file, a line a key, <c>device,key</c>. A device may have several lines, so that its key can
/// be changed. Empty lines and those with <c>#</c> do not count.
/// </summary>
internal sealed class DeviceKeys
{
    private readonly FrozenDictionary<string, byte[][]> _byName;

    private DeviceKeys(FrozenDictionary<string, byte[][]> byName) => _byName = byName;

    /// <summary>How many devices have a key.</summary>
    public int Count => _byName.Count;

    /// <summary>The keys of a device; none for one that is not known.</summary>
    public IReadOnlyList<byte[]> Of(string device) => _byName.TryGetValue(device, out byte[][]? keys) ? keys : [];

    /// <summary>Reads the file; null with what is wrong, which names lines and never a key.</summary>
    public static DeviceKeys? Read(string file, KeyForm form, out string? fault)
    {
        try
        {
            return Parse(File.ReadAllLines(file), file, form, out fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"{file} cannot be read: {e.Message}";
            return null;
        }
    }

    private static DeviceKeys? Parse(string[] lines, string file, KeyForm form, out string? fault)
    {
        Dictionary<string, List<byte[]>> keys = new(StringComparer.Ordinal);
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            int comma = line.LastIndexOf(',');
            if (comma <= 0 || form.Read(line[(comma + 1)..].Trim()) is not { } key)
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"{file}, line {number}: allowed: {form.Allowed}.");
                return null;
            }

            string name = line[..comma].Trim();
            if (!keys.TryGetValue(name, out List<byte[]>? of)) keys.Add(name, of = []);
            of.Add(key);
        }

        fault = null;
        return new DeviceKeys(keys.ToFrozenDictionary(k => k.Key, k => k.Value.ToArray(), StringComparer.Ordinal));
    }
}
