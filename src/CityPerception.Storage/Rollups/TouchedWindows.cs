using CityPerception.Core.Channels;

namespace CityPerception.Storage.Rollups;

/// <summary>Which windows of a channel's KPIs a change of points concerns: their own, and those that look back at them.</summary>
internal sealed class TouchedWindows(ViewWindow window, TimeZoneInfo zone)
{
    /// <summary>Ranges of windows, each with the KPIs to compute anew there.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="measurements">Of the points that changed.</param>
    /// <param name="from">The start of the first window that they lie in.</param>
    /// <param name="to">The end of the last.</param>
    /// <param name="through">Windows from here on are not asked for.</param>
    public IEnumerable<((DateTimeOffset From, DateTimeOffset To) Range, Kpi[] Kpis)> Of(
        Channel channel, IReadOnlySet<string> measurements, DateTimeOffset from, DateTimeOffset to, DateTimeOffset through) => channel.Kpis
        .Where(k => k.Asked.Any(i => measurements.Overlaps(i.Measurements)))
        .SelectMany(k => Merge(RangesOf(k, measurements, from, to).Select(r => (r.From, To: r.To < through ? r.To : through))).Select(range => (range, k)))
        .GroupBy(static r => r.range, static r => r.k)
        .Select(static g => (g.Key, g.ToArray()));

    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> RangesOf(Kpi kpi, IReadOnlySet<string> measurements, DateTimeOffset from, DateTimeOffset to)
    {
        // The level of the windows after them looks back at them.
        int hold = (kpi.Levels?.Hold ?? 1) - 1;
        yield return (from, ViewWindows.Back(window, to, -hold, zone));
        foreach (KpiInput input in kpi.Asked.Where(i => measurements.Overlaps(i.Measurements)))
        {
            foreach ((DateTimeOffset later, DateTimeOffset end) in input.LaterWindows(window, from, to, zone))
                yield return (ViewWindows.StartOf(window, later, zone), ViewWindows.Back(window, EndOf(end), -hold, zone));
        }
    }

    private DateTimeOffset EndOf(DateTimeOffset time) => ViewWindows.StartOf(window, time, zone) is var start && start == time ? time : ViewWindows.Next(window, start, zone);

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Merge(IEnumerable<(DateTimeOffset From, DateTimeOffset To)> ranges)
    {
        (DateTimeOffset From, DateTimeOffset To)? open = null;
        foreach ((DateTimeOffset From, DateTimeOffset To) range in ranges.Where(static r => r.From < r.To).OrderBy(static r => r.From))
        {
            if (open is { } last && range.From <= last.To)
            {
                open = (last.From, last.To > range.To ? last.To : range.To);
                continue;
            }

            if (open is { } done) yield return done;
            open = range;
        }

        if (open is { } final) yield return final;
    }
}
