using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace CityPerception.Screens.Admin;

/// <summary>What the pages say, in their two languages: Admin/texts.json.</summary>
internal static class AdminTexts
{
    private const string Resource = "admin-texts.json";

    private static readonly FrozenDictionary<string, string[]> All = Load();

    /// <summary>Both texts of a key; null if there are none.</summary>
    public static (string Zh, string En)? Find(string key) => All.TryGetValue(key, out string[]? pair) ? (pair[0], pair[1]) : null;

    private static FrozenDictionary<string, string[]> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
