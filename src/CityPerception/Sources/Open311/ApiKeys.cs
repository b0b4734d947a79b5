using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Open311;

/// <summary>The keys that reports carry. Only their hashes are kept, and comparing takes the same time for every wrong one.</summary>
internal sealed class ApiKeys
{
    private const int MinLength = 16;

    private readonly byte[][] _hashes;

    public ApiKeys(IOptions<Open311Options> options)
        : this(TryRead(options.Value, out _)?._hashes ?? [])
    {
    }

    private ApiKeys(byte[][] hashes) => _hashes = hashes;

    /// <summary>Whether a report with this key, or none, is taken.</summary>
    public bool Admits(string? key)
    {
        if (_hashes.Length == 0) return true;
        byte[] given = Hash(key ?? "");
        bool found = false;
        foreach (byte[] known in _hashes) found |= CryptographicOperations.FixedTimeEquals(given, known);
        return found;
    }

    /// <summary>Reads the list and the file; null with what is wrong, which never holds a key.</summary>
    public static ApiKeys? TryRead(Open311Options options, out string? fault)
    {
        string[] listed = options.ApiKeys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), lines = [];
        try
        {
            if (!string.IsNullOrEmpty(options.KeyFile)) lines = [.. File.ReadAllLines(options.KeyFile).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"{Open311Options.Section}:{nameof(Open311Options.KeyFile)}: {options.KeyFile} cannot be read: {e.Message}";
            return null;
        }

        fault = Fault(nameof(Open311Options.ApiKeys), listed) ?? Fault($"{nameof(Open311Options.KeyFile)} {options.KeyFile}", lines);
        // A file without a key is no open door: it would be one only by a mistake.
        if (fault is null && !string.IsNullOrEmpty(options.KeyFile) && lines.Length == 0)
            fault = $"{Open311Options.Section}:{nameof(Open311Options.KeyFile)}: {options.KeyFile} holds no key; allowed: one a line.";
        return fault is null ? new ApiKeys([.. listed.Concat(lines).Select(Hash)]) : null;
    }

    private static string? Fault(string where, string[] keys)
    {
        int weak = Array.FindIndex(keys, k => k.Length < MinLength);
        return weak < 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"{Open311Options.Section}:{where}: key {weak + 1} has {keys[weak].Length} characters; allowed: at least {MinLength}, so that nobody guesses it.");
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
