using System.Collections.Frozen;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Schema;

/// <summary>The schema of everything stored, from measurements.yaml. Immutable; a reload makes a new one.</summary>
public sealed class MeasurementCatalog(IEnumerable<Measurement> measurements)
{
    // Asked for each point of a series and each row of a page: looked up, not looked for.
    private readonly FrozenDictionary<(string Tag, string Value), Names> _valueNames = measurements
        .SelectMany(static m => m.Tags).SelectMany(static t => t.ValueNames.Select(v => KeyValuePair.Create((t.Name, v.Key), v.Value)))
        .DistinctBy(static v => v.Key).ToFrozenDictionary();

    public FrozenDictionary<string, Measurement> ByName { get; } = measurements.ToFrozenDictionary(m => m.Name);

    /// <summary>The words that the configuration has for a value of a tag, of whichever measurement; null where it has none.</summary>
    public Names? NamesOf(string tag, string value) => _valueNames.GetValueOrDefault((tag, value));
}

/// <summary>A kind of observation: its tags and its fields, the shared ones (device health) included.</summary>
public sealed record Measurement
{
    public required string Name { get; init; }

    /// <summary>Its names for people; null only in catalogs made by hand.</summary>
    public Names? Names { get; init; }

    public string? Description { get; init; }

    public required Sense Sense { get; init; }

    /// <summary>In the order of their names, which is the order in which they are written.</summary>
    public required IReadOnlyList<TagSchema> Tags { get; init; }

    /// <summary>In the order of their names, which is the order in which they are written.</summary>
    public required IReadOnlyList<FieldSchema> Fields { get; init; }

    public TagSchema? FindTag(string name) => Tags.FirstOrDefault(t => t.Name == name);

    public FieldSchema? FindField(string name) => Fields.FirstOrDefault(f => f.Name == name);
}

/// <summary>Which of the two senses felt it: 人感 or 物感; or the platform, of itself.</summary>
public enum Sense { Human, Thing, Platform }

public enum FieldType { Float, Integer, Boolean, String }

public sealed record FieldSchema
{
    public required string Name { get; init; }

    /// <summary>Its names for people, or null where its name says it all.</summary>
    public Names? Names { get; init; }

    public string? Description { get; init; }

    public FieldType Type { get; init; } = FieldType.Float;

    /// <summary>The unit in which it is stored, by its name in the unit table; null for text and pure counts.</summary>
    public string? Unit { get; init; }

    /// <summary>The valid range in that unit, both ends included.</summary>
    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>For text: at most so many bytes of UTF-8.</summary>
    public int MaxBytes { get; init; } = 4096;

    /// <summary>For text: what tells who somebody is in it is masked before it is stored.</summary>
    public bool Mask { get; init; }

    /// <summary>It tells how the device is, and not what it measured.</summary>
    public bool IsHealth { get; init; }
}

public sealed record TagSchema
{
    public required string Name { get; init; }

    /// <summary>Its names for people, or null where its name says it all.</summary>
    public Names? Names { get; init; }

    /// <summary>The values allowed; empty for any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The names of values for people, where they have some.</summary>
    public IReadOnlyDictionary<string, Names> ValueNames { get; init; } = FrozenDictionary<string, Names>.Empty;

    /// <summary>At most so many bytes of UTF-8.</summary>
    public int MaxBytes { get; init; } = 128;
}
