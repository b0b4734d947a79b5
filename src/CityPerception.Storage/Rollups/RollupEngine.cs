using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.Storage.Dispatch;

namespace CityPerception.Storage.Rollups;

/// <summary>What a pass over windows did.</summary>
/// <param name="Computed">Views computed.</param>
/// <param name="Written">Those that are new.</param>
/// <param name="Restated">Those that had been shown otherwise.</param>
/// <param name="TooLate">Hours that late observations touched after their points had been deleted: they stay as they were shown.</param>
public readonly record struct RollupCounts(int Computed, int Written, int Restated, int TooLate = 0)
{
    public static RollupCounts operator +(RollupCounts a, RollupCounts b) => Add(a, b);

    public static RollupCounts Add(RollupCounts left, RollupCounts right) =>
        new(left.Computed + right.Computed, left.Written + right.Written, left.Restated + right.Restated, left.TooLate + right.TooLate);
}

/// <summary>
/// Computes views of a range of windows from what the store has, and writes those that say something new. Run again, or on
/// another server, it changes nothing.
/// </summary>
public sealed class RollupEngine(IStore store, RollupInputs inputs, StorePipeline pipeline, TimeProvider clock)
{
    private readonly ViewReader _views = new(store);

    /// <summary>Computes every window that begins in a range.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="window">The length of the windows.</param>
    /// <param name="range">From the start of a window to the start of another.</param>
    /// <param name="city">Its districts and zone.</param>
    /// <param name="only">These of its KPIs; null for all.</param>
    /// <param name="cancellationToken">Ends it; what is written stays.</param>
    /// <param name="dryRun">Writes nothing, and computes days from points: their hours are not written either.</param>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<RollupCounts> ComputeAsync(
        Channel channel, ViewWindow window, (DateTimeOffset From, DateTimeOffset To) range, City city, IReadOnlyCollection<Kpi>? only, CancellationToken cancellationToken, bool dryRun = false)
    {
        IReadOnlyCollection<Kpi> asked = only ?? channel.Kpis;
        Kpi[] kpis = [.. asked.Where(k => k.Windows.Contains(window))];
        // A day is made of hours, also of those that are not shown.
        KpiInput[] ofHours = window is ViewWindow.Hour && !dryRun
            ? [.. asked.Where(static k => k.Windows.Contains(ViewWindow.Day)).SelectMany(static k => k.Asked).Where(static i => i.Adds).DistinctBy(static i => i.Key)]
            : [];
        if (kpis.Length == 0 && ofHours.Length == 0) return default;

        var lines = new LineBuffer();
        IReadOnlyDictionary<DateTimeOffset, WindowPartials> partials = await inputs.ReadRangeAsync([.. kpis.SelectMany(static k => k.Asked), .. ofHours], window, range, city, cancellationToken, fromPoints: dryRun);
        if (ofHours.Length > 0) await new HourPartials(store, city.Zone).AddAsync(lines, ofHours, range.From, range.To, partials, cancellationToken);

        var calculator = new ViewCalculator(city.Code, [.. city.Districts.Select(static d => d.Code)]);
        ChannelView[] views = [.. partials.OrderBy(static w => w.Key).SelectMany(w => kpis.SelectMany(k => calculator.Compute(k, window, w.Key, w.Value)))];
        RollupCounts counts = await AddChangesAsync(lines, channel, window, range, kpis, views, city.Zone, cancellationToken);
        if (lines.LineCount > 0 && !dryRun) await pipeline.WriteAsync(new LineBatch(lines.WrittenMemory, lines.LineCount), cancellationToken, cancellationToken);
        return counts;
    }

    // Compares with what is shown, and gives each view its level: hysteresis looks at the windows before.
    private async Task<RollupCounts> AddChangesAsync(
        LineBuffer lines, Channel channel, ViewWindow window, (DateTimeOffset From, DateTimeOffset To) range, Kpi[] kpis, ChannelView[] views, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        int hold = kpis.Select(static k => k.Levels?.Hold ?? 1).DefaultIfEmpty(1).Max();
        DateTimeOffset from = ViewWindows.Back(window, range.From, hold - 1, zone);
        HashSet<string> ids = [.. kpis.Select(static k => k.Id)];
        Dictionary<(string, ViewKey, DateTimeOffset), ChannelView> shown = (await _views.ReadAsync(new ViewQuery(channel.Slug, window, from, range.To), cancellationToken))
            .Where(v => ids.Contains(v.Kpi)).ToDictionary(static v => (v.Kpi, v.Key, v.Start));
        Dictionary<(string, ViewKey, DateTimeOffset), ChannelView> now = views.ToDictionary(static v => (v.Kpi, v.Key, v.Start));
        foreach (((string, ViewKey, DateTimeOffset Start) id, ChannelView before) in shown)
        {
            // What had a value and has none any more cannot be deleted: it is taken back.
            if (id.Start >= range.From && !now.ContainsKey(id)) now[id] = before with { Samples = 0, Coverage = null, OwnLevel = Level.Unknown, Void = true };
        }

        var counts = new RollupCounts(views.Length, 0, 0);
        DateTimeOffset computedAt = clock.GetUtcNow();
        foreach ((var id, ChannelView own) in now)
        {
            ChannelView view = own with { Level = ShownLevel(own), ComputedAt = computedAt };
            if (!shown.TryGetValue(id, out ChannelView? before)) counts += new RollupCounts(0, 1, 0);
            else if (view.SaysSame(before)) continue;
            else
            {
                // A field that is not written keeps what it had.
                view = view with { Revision = before.Revision + 1, Text = view.Text ?? (before.Text is null ? null : "") };
                ViewLines.AddRevision(lines, channel.Slug, before);
                counts += new RollupCounts(0, 0, 1);
            }

            ViewLines.AddView(lines, channel.Slug, view);
        }

        return counts;

        Level ShownLevel(ChannelView view) => ShownLevels.Of(view, channel.Find(view.Kpi)?.Levels, zone, start =>
            now.GetValueOrDefault((view.Kpi, view.Key, start)) ?? shown.GetValueOrDefault((view.Kpi, view.Key, start)));
    }
}
