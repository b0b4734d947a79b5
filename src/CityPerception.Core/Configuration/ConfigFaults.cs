namespace CityPerception.Core.Configuration;

/// <summary>A place in a configuration file, both from 1.</summary>
public readonly record struct ConfigPlace(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>One thing wrong with the configuration, for the person who has to put it right.</summary>
/// <param name="Place">File, line and column of the key or value.</param>
/// <param name="Key">Where in the document: <c>observation.fields.pm25.unit</c>; empty for the document itself.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Allowed">What may stand there.</param>
/// <param name="Suggestion">A likely correction, or null.</param>
public sealed record ConfigFault(ConfigPlace Place, string Key, string Found, string Allowed, string? Suggestion = null)
{
    public override string ToString() =>
        $"{Place}: {(Key.Length == 0 ? "" : Key + ": ")}found {Found}; allowed: {Allowed}" + (Suggestion is null ? "" : $"; did you mean {Suggestion}?");
}

/// <summary>Collects faults, so that one run shows them all.</summary>
public sealed class ConfigFaults
{
    private readonly List<ConfigFault> _all = [];

    public IReadOnlyList<ConfigFault> All => _all;

    public void Add(ConfigFault fault) => _all.Add(fault);

    public void Add(ConfigPlace place, string key, string found, string allowed, string? suggestion = null) =>
        _all.Add(new ConfigFault(place, key, found, allowed, suggestion));

    /// <summary>Notes a fault in the value of a section's key, at that value's place.</summary>
    public void Add(ConfigSection section, string key, string found, string allowed, string? suggestion = null) =>
        Add(section.PlaceOf(key), section.PathOf(key), found, allowed, suggestion);
}
