using System.Collections.Concurrent;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Storage.Rollups;

namespace CityPerception.Channels;

/// <summary>The latest view of each KPI, district and group, asked of the store at most once a second however many look.</summary>
internal sealed class CurrentViews(ViewReader reader, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string, ViewWindow), Lazy<Task<Snapshot>>> _snapshots = [];

    /// <summary>The latest views of a channel and window.</summary>
    public async Task<IReadOnlyList<ChannelView>> ReadAsync(string channel, ViewWindow window, City city)
    {
        (string, ViewWindow) key = (channel, window);
        while (true)
        {
            Lazy<Task<Snapshot>> lazy = _snapshots.GetOrAdd(key, _ => new Lazy<Task<Snapshot>>(() => LoadAsync(channel, window, city)));
            Snapshot? snapshot = null;
            try
            {
                snapshot = await lazy.Value;
                if (clock.GetElapsedTime(snapshot.LoadedAt) < Fresh) return snapshot.Views;
            }
            finally
            {
                // Old, or failed: whoever comes next asks again.
                if (snapshot is null || clock.GetElapsedTime(snapshot.LoadedAt) >= Fresh) _snapshots.TryRemove(new KeyValuePair<(string, ViewWindow), Lazy<Task<Snapshot>>>(key, lazy));
            }
        }
    }

    // A KPI whose last value is older has none now.
    private static int WindowsBack(ViewWindow window) => window switch { ViewWindow.Minute => 60, ViewWindow.Hour => 48, _ => 40 };

    private async Task<Snapshot> LoadAsync(string channel, ViewWindow window, City city)
    {
        DateTimeOffset now = clock.GetUtcNow(), latest = ViewWindows.StartOf(window, now, city.Zone);
        var query = new ViewQuery(channel, window, ViewWindows.Back(window, latest, WindowsBack(window), city.Zone), now);
        long began = clock.GetTimestamp();
        IEnumerable<ChannelView> views = await reader.ReadAsync(query, CancellationToken.None); // many wait for it: none of them ends it
        return new Snapshot([.. views.GroupBy(static v => (v.Kpi, v.Key)).Select(static g => g.Last()).Where(static v => !v.Void)], began);
    }

    private sealed record Snapshot(IReadOnlyList<ChannelView> Views, long LoadedAt);
}
