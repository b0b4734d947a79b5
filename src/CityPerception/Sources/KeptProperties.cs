using CityPerception.Core.Observations;

namespace CityPerception.Sources;

/// <summary>Properties that were kept from a message, or given with a file.</summary>
internal sealed class KeptProperties(IReadOnlyDictionary<string, string> all) : IMessageProperties
{
    public string? Find(string name) => all.GetValueOrDefault(name);
}
