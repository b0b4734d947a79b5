namespace CityPerception.Core.Configuration;

/// <summary>The key in the file, where it is not the property's name in snake_case.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigKeyAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The key must be there.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigRequiredAttribute : Attribute;

/// <summary>A scalar (or a list, if the property is one) in place of the section's mapping is this property alone.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShorthandAttribute : Attribute;

/// <summary>The name of an enum's value in the file, where it is not its name in kebab-case.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ConfigNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Texts, also those in lists and dictionaries, match the expression; <paramref name="words"/> say it to a person.</summary>
/// <remarks>The expression goes into the JSON Schema too: keep to what .NET and ECMAScript share, with ^ and $.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigPatternAttribute(string pattern, string words) : Attribute
{
    public string Pattern { get; } = pattern;

    public string Words { get; } = words;
}

/// <summary>The keys of a dictionary match the expression.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigKeyPatternAttribute(string pattern, string words) : Attribute
{
    public string Pattern { get; } = pattern;

    public string Words { get; } = words;
}

/// <summary>Numbers, also those in lists and dictionaries, lie between the two, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigRangeAttribute(double min, double max) : Attribute
{
    public double Min { get; } = min;

    public double Max { get; } = max;
}

/// <summary>A list or dictionary has so many elements.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigCountAttribute(int min, int max) : Attribute
{
    public int Min { get; } = min;

    public int Max { get; } = max;
}

/// <summary>Exactly one of these keys stands in the section; with <see cref="Optional"/>, at most one.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class OneOfAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;

    public bool Optional { get; init; }
}

/// <summary>Where one key stands, the other must as well.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class KeyNeedsAttribute(string key, string needed) : Attribute
{
    public string Key { get; } = key;

    public string Needed { get; } = needed;
}
