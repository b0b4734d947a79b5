using System.Collections.Concurrent;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Storage.Rollups;

namespace CityPerception.Channels;

/// <summary>A view as it is now.</summary>
/// <param name="View">The latest.</param>
/// <param name="Previous">Of the window before it; null where that has no value.</param>
internal sealed record CurrentView(ChannelView View, ChannelView? Previous);

/// <summary>The latest views of a channel and window, by KPI and district.</summary>
internal sealed record CurrentSnapshot(ILookup<(string Kpi, string District), CurrentView> Views, long LoadedAt);

/// <summary>The latest view of each KPI, district and group, asked of the store at most once a second however many look.</summary>
internal sealed class CurrentViews(ViewReader reader, TimeProvider clock)
{
    // What is a little older is answered while it is asked for anew, so that nobody waits for the store.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1), Usable = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<(string, ViewWindow), CurrentSnapshot> _last = [];
    private readonly ConcurrentDictionary<(string, ViewWindow), Lazy<Task<CurrentSnapshot>>> _loading = [];

    /// <summary>The latest views of a channel and window; the same object until they are asked for again.</summary>
    public async ValueTask<CurrentSnapshot> ReadAsync(string channel, ViewWindow window, City city)
    {
        (string, ViewWindow) key = (channel, window);
        CurrentSnapshot? last = _last.GetValueOrDefault(key);
        TimeSpan age = last is null ? TimeSpan.MaxValue : clock.GetElapsedTime(last.LoadedAt);
        if (age < Fresh) return last!;

        Task<CurrentSnapshot> loading = _loading.GetOrAdd(key, _ => new Lazy<Task<CurrentSnapshot>>(() => Task.Run(() => LoadAsync(channel, window, city)))).Value;
        return age < Usable ? last! : await loading;
    }

    // A KPI whose last value is older has none now.
    private static int WindowsBack(ViewWindow window) => window switch { ViewWindow.Minute => 60, ViewWindow.Hour => 48, _ => 40 };

    private async Task<CurrentSnapshot> LoadAsync(string channel, ViewWindow window, City city)
    {
        try
        {
            DateTimeOffset now = clock.GetUtcNow(), latest = ViewWindows.StartOf(window, now, city.Zone);
            var query = new ViewQuery(channel, window, ViewWindows.Back(window, latest, WindowsBack(window), city.Zone), now);
            long began = clock.GetTimestamp();
            IEnumerable<ChannelView> views = await reader.ReadAsync(query, CancellationToken.None); // many wait for it: none of them ends it
            var snapshot = new CurrentSnapshot(
                views.GroupBy(static v => (v.Kpi, v.Key)).Select(g => Current([.. g], window, city)).Where(static c => !c.View.Void).ToLookup(static c => (c.View.Kpi, c.View.Key.District)), began);
            _last[(channel, window)] = snapshot;
            return snapshot;
        }
        finally
        {
            _loading.TryRemove((channel, window), out _);
        }
    }

    private static CurrentView Current(ChannelView[] views, ViewWindow window, City city)
    {
        ChannelView last = views[^1];
        DateTimeOffset before = ViewWindows.Back(window, last.Start, 1, city.Zone);
        return new CurrentView(last, Array.Find(views, v => v.Start == before && !v.Void));
    }
}
