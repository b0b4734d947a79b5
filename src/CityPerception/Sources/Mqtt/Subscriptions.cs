using System.Collections.Concurrent;
using CityPerception.Core.Mapping;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// The topic filters that ordinary subscribers hold, so that a message nobody subscribes to need not go through the
/// broker. One more than there is costs time; one less would cost a subscriber a message, so a filter counts before its
/// SUBACK is sent and until its session or subscription has ended.
/// </summary>
internal sealed class Subscriptions
{
    private readonly ConcurrentDictionary<(string ClientId, string Filter), byte> _all = new();
    private int _version;

    /// <summary>Changes whenever an answer of <see cref="AnyMatches"/> may have.</summary>
    public int Version => Volatile.Read(ref _version);

    public void Add(string clientId, string filter)
    {
        if (_all.TryAdd((clientId, Plain(filter)), 0)) Interlocked.Increment(ref _version);
    }

    public void Remove(string clientId, string filter)
    {
        if (_all.TryRemove((clientId, Plain(filter)), out _)) Interlocked.Increment(ref _version);
    }

    public void RemoveAll(string clientId)
    {
        foreach ((string ClientId, string Filter) key in _all.Keys)
            if (key.ClientId == clientId) Remove(key.ClientId, key.Filter);
    }

    public bool AnyMatches(string topic) => _all.Keys.Any(k => TopicFilter.Matches(k.Filter, topic));

    // MQTT 5.0, 4.8.2: $share/{group}/{filter} subscribes to the filter.
    internal static string Plain(string filter)
    {
        if (!filter.StartsWith("$share/", StringComparison.Ordinal)) return filter;
        int end = filter.IndexOf('/', "$share/".Length);
        return end < 0 ? filter : filter[(end + 1)..];
    }
}
