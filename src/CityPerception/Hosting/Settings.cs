using System.Collections;

namespace CityPerception.Hosting;

/// <summary>
/// Where settings come from, the later one counting: the defaults in the options classes, <c>cityperception.json</c>
/// in the working directory, <c>settings.json</c> in the data directory, environment variables <c>CITYPERCEPTION_Section__Key</c>, <c>--set Section:Key=value</c>.
/// A key that is none, or a value that cannot be read, is a fault with the place it comes from: a typing mistake
/// must not run the server on defaults.
/// </summary>
internal sealed class Settings
{
    public const string FileName = "cityperception.json", InstallationFileName = "settings.json", EnvironmentPrefix = "CITYPERCEPTION_";

    private readonly List<string> _faults = [];

    private Settings(IConfigurationRoot root) => Root = root;

    /// <summary>The merged settings, to bind options from.</summary>
    public IConfigurationRoot Root { get; private set; }

    /// <summary>Everything wrong with them; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Reads those of this process.</summary>
    /// <param name="dataDirectory">The server's data directory.</param>
    /// <param name="set">What the command line sets.</param>
    public static Settings LoadFor(string dataDirectory, IReadOnlyList<string> set) =>
        Load(SettingCatalog.Default, Directory.GetCurrentDirectory(), dataDirectory, Environment.GetEnvironmentVariables(), set);

    /// <summary>Reads them all.</summary>
    /// <param name="catalog">The settings there are.</param>
    /// <param name="directory">Where <see cref="FileName"/> may lie.</param>
    /// <param name="dataDirectory">Where <see cref="InstallationFileName"/> may lie.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="set">What the command line sets.</param>
    public static Settings Load(SettingCatalog catalog, string directory, string dataDirectory, IDictionary environment, IReadOnlyList<string> set)
    {
        var settings = new Settings(new ConfigurationBuilder().Build());
        var file = settings.ReadFile(Path.Combine(directory, FileName));
        string installation = Path.Combine(dataDirectory, InstallationFileName);
        var installed = settings.ReadFile(installation);
        var variables = ReadEnvironment(environment);
        var given = settings.ReadSet(set);

        foreach ((string key, string value) in file) settings.Check(catalog, $"{FileName}: ", key, value);
        foreach ((string key, string value) in installed) settings.Check(catalog, $"{installation}: ", key, value);
        foreach ((string key, string value) in variables)
            settings.Check(catalog, $"environment variable {EnvironmentPrefix}{key.Replace(":", "__", StringComparison.Ordinal)}: ", key, value);
        foreach ((string key, string value) in given) settings.Check(catalog, "--set: ", key, value);

        settings.Root = new ConfigurationBuilder()
            .AddInMemoryCollection(AsNullable(file)).AddInMemoryCollection(AsNullable(installed)).AddInMemoryCollection(AsNullable(variables)).AddInMemoryCollection(AsNullable(given)).Build();
        return settings;
    }

    private void Check(SettingCatalog catalog, string origin, string key, string value)
    {
        if (catalog.Check(key, value) is { } fault) _faults.Add(origin + fault);
    }

    private Dictionary<string, string> ReadFile(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            IConfigurationRoot file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path)).Build();
            return Leaves(file);
        }
        catch (InvalidDataException e)
        {
            // The loader's message names the file; the cause inside it names the line.
            _faults.Add($"{(Path.GetFileName(path) == FileName ? FileName : path)}: not valid JSON: {e.InnerException?.Message ?? e.Message}");
            return [];
        }
    }

    private static Dictionary<string, string> ReadEnvironment(IDictionary environment)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in environment)
        {
            var name = (string)variable.Key;
            // Without "__" it is no setting: CITYPERCEPTION_HOME may be somebody's own.
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase) || !name.Contains("__", StringComparison.Ordinal)) continue;
            found[name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = (string?)variable.Value ?? "";
        }

        return found;
    }

    private Dictionary<string, string> ReadSet(IReadOnlyList<string> set)
    {
        var given = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string text in set)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) _faults.Add($"--set '{text}': expected Section:Key=value, for example Mqtt:Port=1884.");
            else given[text[..equals].Trim()] = text[(equals + 1)..].Trim();
        }

        return given;
    }

    private static Dictionary<string, string> Leaves(IConfiguration configuration) => configuration.AsEnumerable()
        .Where(pair => pair.Value is not null)
        .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<KeyValuePair<string, string?>> AsNullable(Dictionary<string, string> pairs) =>
        pairs.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));
}
