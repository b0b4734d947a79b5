namespace CityPerception.Core.Configuration;

/// <summary>
/// What a mapping of a configuration file becomes. Derived classes are plain properties with setters; their attributes
/// say what may stand there, for <see cref="ConfigBinder"/> and <see cref="ConfigSchema"/> alike.
/// </summary>
/// <remarks>
/// A key is its property's name in snake_case. Properties may be <see cref="string"/>, numbers, <see cref="bool"/>,
/// enums (kebab-case), <see cref="TimeSpan"/> (<c>90s 5m 2h 400d</c>), <see cref="DateOnly"/>, <see cref="TimeOnly"/>,
/// <see cref="ConfigScalar"/>, sections, and <c>List&lt;T&gt;</c> (a single element will do) and
/// <c>Dictionary&lt;string, T&gt;</c> of these. What was not written stays what the constructor made it.
/// </remarks>
public abstract class ConfigSection
{
    private ConfigNode? _node;

    /// <summary>The file, and the place of the key under which the section stands.</summary>
    public ConfigPlace Place { get; private set; }

    /// <summary>Where in the document: <c>observation.fields.pm25</c>; empty for the document itself.</summary>
    public string KeyPath { get; private set; } = "";

    /// <summary>
    /// Whether the section, with all in it, was bound without a fault. In one that was not, required properties may
    /// be null; the faults are reported, so whoever checks further can leave it out.
    /// </summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>Whether the key was written (or the section was written as that key's shorthand).</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Where the key's value stands; the section's own place if it does not.</summary>
    public ConfigPlace PlaceOf(string key) => Find(key) is { } node ? node.FaultPlace : Place;

    /// <summary>Where an entry of a key's mapping stands: <c>PlaceOf("map", "OPEN")</c>.</summary>
    public ConfigPlace PlaceOf(string key, string entry) =>
        Find(key) is ConfigMapNode map && map.Find(entry) is { } node ? node.FaultPlace : PlaceOf(key);

    /// <summary>Where an element of a key's list stands, from 0.</summary>
    public ConfigPlace PlaceOf(string key, int element) =>
        Find(key) is ConfigListNode list && element < list.Items.Count ? list.Items[element].FaultPlace : PlaceOf(key);

    /// <summary>Whether the key's value was written as a list, and not as the single element that also will do.</summary>
    public bool IsList(string key) => Find(key) is ConfigListNode;

    /// <summary>The key's path in the document.</summary>
    public string PathOf(string key) => ConfigNode.Join(KeyPath, key);

    internal void Bound(ConfigNode node, bool sound)
    {
        _node = node;
        Place = node.KeyPlace;
        KeyPath = node.Path;
        IsSound = sound;
    }

    private ConfigNode? Find(string key) => _node switch
    {
        ConfigMapNode map => map.Find(key),
        { } other when ConfigShape.Of(GetType()).Shorthand?.Name == key => other,
        _ => null,
    };
}
