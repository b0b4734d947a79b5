namespace CityPerception.Core.Configuration;

/// <summary>A node of a read YAML document. Each knows its places and its path, so that every fault can name them.</summary>
/// <param name="Place">Where the node itself begins.</param>
/// <param name="KeyPlace">Where its key stands; for elements of lists, and the document, its own place.</param>
/// <param name="Path">Its key path, empty for the document.</param>
internal abstract record ConfigNode(ConfigPlace Place, ConfigPlace KeyPlace, string Path)
{
    /// <summary>Where a person should look: at a scalar itself, at the key of anything larger.</summary>
    public virtual ConfigPlace FaultPlace => KeyPlace;

    /// <summary>What it is, in words for a fault.</summary>
    public abstract string Describe();

    public static string Join(string path, string key)
    {
        bool plain = key.Length > 0 && key.All(c => char.IsLetterOrDigit(c) || c is '_' or '-');
        return !plain ? $"{path}[{ConfigScalar.Quote(key)}]" : path.Length == 0 ? key : $"{path}.{key}";
    }
}

internal sealed record ConfigScalarNode(ConfigScalar Scalar, ConfigPlace Place, ConfigPlace KeyPlace, string Path)
    : ConfigNode(Place, KeyPlace, Path)
{
    public override ConfigPlace FaultPlace => Place;

    public override string Describe() => Scalar.Describe();
}

internal sealed record ConfigListNode(IReadOnlyList<ConfigNode> Items, ConfigPlace Place, ConfigPlace KeyPlace, string Path)
    : ConfigNode(Place, KeyPlace, Path)
{
    public override string Describe() => "a list";
}

internal sealed record ConfigMapNode(IReadOnlyDictionary<string, ConfigNode> Entries, ConfigPlace Place, ConfigPlace KeyPlace, string Path)
    : ConfigNode(Place, KeyPlace, Path)
{
    public override string Describe() => "a mapping";

    public ConfigNode? Find(string key) => Entries.GetValueOrDefault(key);
}

/// <summary>Something unreadable whose fault has been reported; nothing more is said about it.</summary>
internal sealed record ConfigBrokenNode(ConfigPlace Place, ConfigPlace KeyPlace, string Path) : ConfigNode(Place, KeyPlace, Path)
{
    public override string Describe() => "something unreadable";
}
