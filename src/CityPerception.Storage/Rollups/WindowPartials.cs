using CityPerception.Core.Channels;

namespace CityPerception.Storage.Rollups;

/// <summary>The partials of one window: by the key of the input, those of each group.</summary>
public sealed class WindowPartials : Dictionary<string, IReadOnlyDictionary<ViewKey, Partial>>
{
    internal Dictionary<ViewKey, Partial> Of(string input)
    {
        if (!TryGetValue(input, out IReadOnlyDictionary<ViewKey, Partial>? groups)) this[input] = groups = new Dictionary<ViewKey, Partial>();
        return (Dictionary<ViewKey, Partial>)groups;
    }

    /// <summary>Adds to what is there of the group.</summary>
    internal void Add(string input, ViewKey key, Partial partial)
    {
        Dictionary<ViewKey, Partial> groups = Of(input);
        groups[key] = groups.TryGetValue(key, out Partial before) ? before.And(partial) : partial;
    }
}
