using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using CityPerception.Access;
using CityPerception.Access.Oidc;
using CityPerception.Cli;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources.Hj212;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Sources.Mqtt.External;
using CityPerception.Sources.Mqtt.Sparkplug;
using CityPerception.Sources.Open311;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Links;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Stores;

namespace CityPerception.Hosting;

/// <summary>One setting: what <c>--set</c> calls it, what it takes, and what it is without being set.</summary>
internal sealed record Setting(string Key, Type Type, string Default, RangeAttribute? Range);

/// <summary>
/// Every setting there is, from the options classes themselves. It tells a typing mistake from a setting, which
/// configuration binding alone does not, and it is the list that <c>serve --help</c> shows.
/// </summary>
internal sealed class SettingCatalog
{
    private readonly Dictionary<string, Setting> _byKey = new(StringComparer.OrdinalIgnoreCase);

    public SettingCatalog(IEnumerable<(string Section, object Defaults)> sections)
    {
        foreach ((string section, object defaults) in sections) Add(section, defaults);
    }

    /// <summary>The product's settings: a new options class is a line here.</summary>
    public static SettingCatalog Default { get; } = new(
    [
        (HttpOptions.Section, new HttpOptions()),
        (MqttOptions.Section, new MqttOptions()),
        (TlsOptions.Section, new TlsOptions()),
        (Hj212Options.Section, new Hj212Options()),
        (ExternalBrokerOptions.Section, new ExternalBrokerOptions()),
        (AzureOptions.Section, new AzureOptions()),
        (Open311Options.Section, new Open311Options()),
        (SparkplugOptions.Section, new SparkplugOptions()),
        (ScorerOptions.Section, new ScorerOptions()),
        (SecurityOptions.Section, new SecurityOptions()),
        (AccessOptions.Section, new AccessOptions()),
        (OidcOptions.Section, new OidcOptions()),
        (LoggingOptions.Section, new LoggingOptions()),
        (OtlpOptions.Section, new OtlpOptions()),
        (IngestStatOptions.Section, new IngestStatOptions()),
        ("Spool", new SpoolOptions()),
        ("Dispatch", new DispatcherOptions()),
        ("Backfill", new BackfillOptions()),
        ("DeadLetters", new DeadLetterOptions()),
        (OperationsOptions.Section, new OperationsOptions()),
        (AppealLinkOptions.Section, new AppealLinkOptions()),
        (StorageParts.StoreSection, new StoreOptions()),
    ]);

    public IEnumerable<Setting> All => _byKey.Values.OrderBy(s => s.Key, StringComparer.Ordinal);

    /// <summary>What is wrong with giving this key this value, or null.</summary>
    public string? Check(string key, string value)
    {
        if (!_byKey.TryGetValue(key, out Setting? setting)) return $"unknown setting '{key}'{Hints.DidYouMean(key, _byKey.Keys)}";
        return Accepts(setting.Type, value) && IsWithin(setting, value) ? null : $"{setting.Key}: found '{value}'; allowed: {Allowed(setting)}.";
    }

    /// <summary>What a setting takes, in words.</summary>
    public static string Allowed(Setting setting)
    {
        string kind = setting.Type switch
        {
            _ when setting.Type == typeof(bool) => "true or false",
            _ when setting.Type == typeof(TimeSpan) => "a time as hh:mm:ss",
            { IsEnum: true } => string.Join(", ", Enum.GetNames(setting.Type).Select(n => n.ToLowerInvariant())),
            _ when setting.Type == typeof(string) || setting.Type == typeof(Uri) => "text",
            _ when setting.Type == typeof(double) => "a number",
            _ => "a whole number",
        };
        return setting.Range is { } range ? $"{kind}, {Text(range.Minimum)} to {Text(range.Maximum)}" : kind;
    }

    private void Add(string prefix, object defaults)
    {
        foreach (PropertyInfo property in defaults.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is not { IsPublic: true } && IsScalar(property.PropertyType)) continue;
            string key = $"{prefix}:{property.Name}";
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            object? value = property.GetValue(defaults);
            if (!IsScalar(type))
            {
                if (value is not null) Add(key, value);
                continue;
            }

            _byKey.Add(key, new Setting(key, type, Text(value), property.GetCustomAttribute<RangeAttribute>()));
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        Enum name => name.ToString().ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(Uri) || Nullable.GetUnderlyingType(type) is not null;

    private static bool Accepts(Type type, string value) => type switch
    {
        _ when type == typeof(bool) => bool.TryParse(value, out _),
        _ when type == typeof(TimeSpan) => TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _),
        { IsEnum: true } => Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase),
        _ when type == typeof(string) || type == typeof(Uri) => true,
        _ when type == typeof(double) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) && double.IsFinite(d),
        _ => FitsInteger(type, value),
    };

    private static bool IsWithin(Setting setting, string value)
    {
        if (setting.Range is not { } range) return true;
        if (setting.Type == typeof(TimeSpan)) return Span(value) >= Span(range.Minimum) && Span(value) <= Span(range.Maximum);
        double number = double.Parse(value, CultureInfo.InvariantCulture);
        return number >= Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) && number <= Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
    }

    private static TimeSpan Span(object value) => value is TimeSpan span ? span : TimeSpan.Parse((string)value, CultureInfo.InvariantCulture);

    private static bool FitsInteger(Type type, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        && (type != typeof(int) || number is >= int.MinValue and <= int.MaxValue);
}
