using CityPerception.Core.Channels;

namespace CityPerception.Rollups;

/// <summary>Which channels' views this process wrote since somebody asked. Bounded by the channels there are.</summary>
internal sealed class ViewChanges
{
    private readonly Lock _gate = new();
    private HashSet<(string Channel, ViewWindow Window)> _changed = [];

    /// <summary>Notes that views were written.</summary>
    public void Note(string channel, ViewWindow window)
    {
        lock (_gate) _changed.Add((channel, window));
    }

    /// <summary>What was noted since the last time.</summary>
    public HashSet<(string Channel, ViewWindow Window)> Take()
    {
        lock (_gate)
        {
            HashSet<(string, ViewWindow)> changed = _changed;
            if (changed.Count > 0) _changed = [];
            return changed;
        }
    }
}
