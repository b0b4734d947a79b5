using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json;

namespace CityPerception.Core.Configuration;

/// <summary>What a section's class says about its keys; read from its attributes once.</summary>
internal sealed class ConfigShape
{
    private static readonly ConcurrentDictionary<Type, ConfigShape> Known = new();

    private ConfigShape(Type type)
    {
        Type = type;
        Keys = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.DeclaringType != typeof(ConfigSection) && p.SetMethod is { IsPublic: true })
            .Select(p => new ConfigKey(p))];
        Shorthand = Keys.SingleOrDefault(k => k.Property.IsDefined(typeof(ShorthandAttribute)));
        OneOfs = [.. type.GetCustomAttributes<OneOfAttribute>()];
        Needs = [.. type.GetCustomAttributes<KeyNeedsAttribute>()];
        Description = type.GetCustomAttribute<DescriptionAttribute>()?.Description;
        foreach (string name in OneOfs.SelectMany(o => o.Keys).Concat(Needs.SelectMany(n => new[] { n.Key, n.Needed })))
        {
            if (Find(name) is null) throw new NotSupportedException($"{type}: an attribute names the key {name}, which there is not.");
        }
    }

    public Type Type { get; }

    public IReadOnlyList<ConfigKey> Keys { get; }

    public ConfigKey? Shorthand { get; }

    public IReadOnlyList<OneOfAttribute> OneOfs { get; }

    public IReadOnlyList<KeyNeedsAttribute> Needs { get; }

    public string? Description { get; }

    public static ConfigShape Of(Type type) => Known.GetOrAdd(type, static t => new ConfigShape(t));

    public ConfigKey? Find(string name) => Keys.FirstOrDefault(k => k.Name == name);
}

/// <summary>One key of a section.</summary>
internal sealed class ConfigKey(PropertyInfo property)
{
    public PropertyInfo Property { get; } = property;

    public string Name { get; } =
        property.GetCustomAttribute<ConfigKeyAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    public ConfigKind Kind { get; } = ConfigKind.Of(property);

    public bool Required { get; } = property.IsDefined(typeof(ConfigRequiredAttribute));

    public string? Description { get; } = property.GetCustomAttribute<DescriptionAttribute>()?.Description;
}
