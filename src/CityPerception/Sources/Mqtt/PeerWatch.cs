using System.Collections.Concurrent;

namespace CityPerception.Sources.Mqtt;

/// <summary>Looks at all connections twice a second, for peers that have fallen silent or take nothing any more.</summary>
internal sealed class PeerWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<BrokerChannel, byte> _channels = [];
    private readonly ITimer _timer;

    public PeerWatch(TimeProvider clock) => _timer = clock.CreateTimer(_ => Look(), null, Interval, Interval);

    /// <summary>Every connection there is.</summary>
    public IEnumerable<BrokerChannel> Channels => _channels.Keys;

    public void Add(BrokerChannel channel) => _channels.TryAdd(channel, 0);

    public void Remove(BrokerChannel channel) => _channels.TryRemove(channel, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach ((BrokerChannel channel, _) in _channels) channel.CheckPeer();
    }
}
