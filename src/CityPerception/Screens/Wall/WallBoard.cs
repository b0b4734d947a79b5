using CityPerception.Channels;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;
using CityPerception.Storage.Rollups;

namespace CityPerception.Screens.Wall;

/// <summary>The views of the last windows, and what a wall shows of them. Not shared: <see cref="WallSampler"/> alone uses it.</summary>
internal sealed class WallBoard(ViewReader? reader, TimeProvider clock)
{
    private const int ChangesShown = 24;

    private const string Fleet = "iot", OnlineRate = "online_rate";

    // As the eight channels are usually named in one breath; others follow by their slug.
    private static readonly string[] Order = ["city", "social", "business", "iot", "economy", "oversight", "environment", "coordination"];

    private readonly Dictionary<(string Channel, ViewWindow Window), IReadOnlyList<ChannelView>> _views = [];
    private DateTimeOffset _readAt;

    /// <summary>All that a plan's channels have.</summary>
    public static IEnumerable<(string Channel, ViewWindow Window)> PartsOf(IngestPlan plan) =>
        plan.Channels.Values.SelectMany(static c => c.Kpis.SelectMany(static k => k.Windows).Distinct().Select(w => (c.Slug, w)));

    /// <summary>Reads parts anew.</summary>
    /// <exception cref="Core.Queries.StoreUnavailableException">The store does not answer now.</exception>
    public async Task ReadAsync(IEnumerable<(string Channel, ViewWindow Window)> parts, City city, CancellationToken cancellationToken)
    {
        if (reader is null) return;
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string channel, ViewWindow window) in parts)
        {
            DateTimeOffset from = ViewWindows.Back(window, ViewWindows.StartOf(window, now, city.Zone), WindowsBack(window), city.Zone);
            IReadOnlyList<ChannelView> views = await reader.ReadAsync(new ViewQuery(channel, window, from, now), cancellationToken);
            // A store that does not overwrite answers a restated window more than once.
            _views[(channel, window)] = [.. views.GroupBy(static v => (v.Kpi, v.Key, v.Start)).Select(static same => same.MaxBy(static v => v.Revision)!).Where(static v => !v.Void).OrderBy(static v => v.Start)];
        }

        _readAt = now;
    }

    /// <summary>What is shown of what was read.</summary>
    public WallSnapshot Build(IngestPlan plan, bool storeAway, WallCases cases)
    {
        City city = plan.City;
        var tiles = TileMap.Of(city.Districts);
        var map = new WallMap(tiles.Columns, tiles.Rows, city.Map?.Version, [.. tiles.Districts.Select((d, i) => DistrictOf(d, tiles[i], plan, cases))]);
        Channel[] channels = [.. plan.Channels.Values.OrderBy(static c => (uint)Array.IndexOf(Order, c.Slug)).ThenBy(static c => c.Slug, StringComparer.Ordinal)];
        WallChange[] changes = [.. channels.SelectMany(c => ChangesOf(c, city)).OrderByDescending(static c => c.At).Take(ChangesShown)];
        return new WallSnapshot(_readAt, storeAway, city.Names, map, [.. channels.Select(c => TileOf(c, city))], changes, cases.Latest);
    }

    // How many devices there are and are heard of is what the device fleet's online rate is made of.
    private WallDistrict DistrictOf(District district, (int Column, int Row) place, IngestPlan plan, WallCases cases)
    {
        ChannelView? rate = plan.Channels.GetValueOrDefault(Fleet)?.Find(OnlineRate) is { } kpi ? Latest(Fleet, kpi, district.Code).Last : null;
        bool isCurrent = rate is not null && IsCurrent(rate, plan.City);
        return new WallDistrict(district.Code, district.Names, place.Column, place.Row, cases.Open.GetValueOrDefault(district.Code), isCurrent ? rate!.Num : null, isCurrent ? rate!.Den : null);
    }

    private WallChannel TileOf(Channel channel, City city)
    {
        (Kpi Kpi, ViewWindow Window, ChannelView? Last)[] kpis = [.. channel.Kpis.Select(k => Latest(channel.Slug, k, city.Code))];
        (Kpi Kpi, ViewWindow Window, ChannelView? Last) main = kpis.FirstOrDefault(static k => k.Last is not null, kpis[0]);
        var worst = kpis.Where(k => k.Last is not null && IsCurrent(k.Last, city)).DefaultIfEmpty(main).MaxBy(static k => k.Last?.Level ?? Level.Unknown);
        Level level = worst.Last is { } last && IsCurrent(last, city) ? last.Level : Level.Unknown;
        bool another = level > (main.Last?.Level ?? Level.Unknown);
        Dictionary<string, string> districts = [];
        foreach (District district in city.Districts)
        {
            Level its = channel.Kpis.Select(k => Latest(channel.Slug, k, district.Code).Last).Where(v => v is not null && IsCurrent(v, city)).Select(static v => v!.Level).DefaultIfEmpty(Level.Unknown).Max();
            if (its is not Level.Unknown) districts[district.Code] = ChannelJson.NameOf(its);
        }

        return new WallChannel(channel.Slug, channel.Names, channel.Description, ChannelJson.NameOf(level), Of(channel.Slug, main, city), another ? Of(channel.Slug, worst, city) : null, districts);
    }

    // The finest window that is up to date; else the finest that has a value.
    private (Kpi Kpi, ViewWindow Window, ChannelView? Last) Latest(string channel, Kpi kpi, string district) => kpi.Windows.Order()
        .Select(w => (Kpi: kpi, Window: w, Last: Of(channel, kpi, w, district).LastOrDefault()))
        .OrderByDescending(k => k.Last is not null && clock.GetUtcNow() - k.Last.Start < Lasts(k.Window))
        .ThenByDescending(static k => k.Last is not null)
        .First();

    private IEnumerable<ChannelView> Of(string channel, Kpi kpi, ViewWindow window, string district) =>
        _views.GetValueOrDefault((channel, window), []).Where(v => v.Kpi == kpi.Id && v.Key == new ViewKey(district));

    private WallKpi Of(string channel, (Kpi Kpi, ViewWindow Window, ChannelView? Last) shown, City city) => new()
    {
        Id = shown.Kpi.Id,
        Name = shown.Kpi.Names,
        Unit = shown.Kpi.Unit,
        Window = ViewWindows.NameOf(shown.Window),
        Better = shown.Kpi.Better.ToString().ToLowerInvariant(),
        Level = ChannelJson.NameOf(shown.Last?.Level ?? Level.Unknown),
        Value = shown.Last?.Value,
        To = shown.Last is null ? null : ViewWindows.Next(shown.Window, shown.Last.Start, city.Zone),
        StaleAfterSeconds = (int)Allowance(shown.Window).TotalSeconds,
        Trend = TrendOf(channel, shown.Kpi, shown.Window, shown.Last, city),
    };

    private double?[] TrendOf(string channel, Kpi kpi, ViewWindow window, ChannelView? last, City city)
    {
        if (last is null) return [];
        Dictionary<DateTimeOffset, double> values = Of(channel, kpi, window, city.Code).ToDictionary(static v => v.Start, static v => v.Value);
        DateTimeOffset from = ViewWindows.Back(window, last.Start, WindowsBack(window) - 1, city.Zone);
        if (values.Keys.Min() is var first && first > from) from = first;
        return [.. ViewWindows.Between(window, from, last.Start.AddTicks(1), city.Zone).Select(start => values.TryGetValue(start, out double value) ? value : (double?)null)];
    }

    private IEnumerable<WallChange> ChangesOf(Channel channel, City city) => _views.Where(p => p.Key.Channel == channel.Slug)
        .SelectMany(static p => p.Value).GroupBy(static v => (v.Kpi, v.Key, v.Window)).SelectMany(series => series.Zip(series.Skip(1)))
        .Where(static pair => pair.First.Level != pair.Second.Level && pair.First.Level is not Level.Unknown && pair.Second.Level is not Level.Unknown)
        .Select(pair => (pair.First, pair.Second, Kpi: channel.Find(pair.Second.Kpi))).Where(static c => c.Kpi is not null)
        .Select(c => new WallChange(ViewWindows.Next(c.Second.Window, c.Second.Start, city.Zone), channel.Slug, c.Kpi!.Id, c.Kpi.Names, c.Second.Key.District,
            ChannelJson.NameOf(c.First.Level), ChannelJson.NameOf(c.Second.Level), c.Second.Value, c.Kpi.Unit));

    private bool IsCurrent(ChannelView view, City city) => clock.GetUtcNow() - ViewWindows.Next(view.Window, view.Start, city.Zone) <= Allowance(view.Window);

    private static TimeSpan Lasts(ViewWindow window) => Allowance(window) + window switch { ViewWindow.Minute => TimeSpan.FromMinutes(1), ViewWindow.Hour => TimeSpan.FromHours(1), _ => TimeSpan.FromDays(1) };

    // Until the next window has ended, and been computed by a job that runs every minute.
    private static TimeSpan Allowance(ViewWindow window) => window switch { ViewWindow.Minute => TimeSpan.FromMinutes(5), ViewWindow.Hour => TimeSpan.FromMinutes(90), _ => TimeSpan.FromHours(26) };

    private static int WindowsBack(ViewWindow window) => window switch { ViewWindow.Minute => 60, ViewWindow.Hour => 48, _ => 30 };
}
