using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;
using CityPerception.Storage.Operations.Rollups;

namespace CityPerception.Storage.Rollups;

/// <summary>
/// Computes all windows of a channel and length that are due: those that ended since the last run, and those that late data
/// touched. So one late run does as much as many, and two at a time do no more than one.
/// </summary>
public sealed class RollupJob(RollupEngine engine, IRollupState state, TimeProvider clock)
{
    /// <summary>A window is computed when it ended so long ago: clocks of servers differ by less.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Windows computed in one pass: enough to catch up fast, few enough to be noted and stopped in between.
    private const int MinutesAtOnce = 60, HoursAtOnce = 24, DirtyHoursAtOnce = 500;

    /// <summary>Does what is due. Nothing if another run is at it.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<RollupCounts> RunAsync(Channel channel, ViewWindow window, City city, CancellationToken cancellationToken)
    {
        DateTimeOffset end = ViewWindows.StartOf(window, clock.GetUtcNow() - Grace, city.Zone);
        if (window is ViewWindow.Day)
        {
            // A day waits for its hours.
            if (await state.ThroughAsync(channel.Slug, ViewWindow.Hour, cancellationToken) is not { } hours) return default;
            if (hours < end) end = ViewWindows.StartOf(window, hours, city.Zone);
        }

        if (await state.TryBeginAsync(channel.Slug, window, end, cancellationToken) is not { } turn) return default;
        try
        {
            RollupCounts tooLate = default;
            IReadOnlyList<DirtyHour> dirty = await state.DirtyAsync(channel.Slug, DirtyBits.Of(window), DirtyHoursAtOnce, cancellationToken);
            // Of points that are deleted nothing can be computed: a view would be made of what came late alone.
            DateTimeOffset kept = await state.KeptFromAsync(cancellationToken);
            if (dirty.Any(d => d.Start < kept))
            {
                await state.ClearAsync([.. dirty.Where(d => d.Start < kept).Select(d => (d, DirtyBits.Of(window)))], cancellationToken);
                tooLate = new RollupCounts(0, 0, 0, dirty.Count(d => d.Start < kept));
                dirty = [.. dirty.Where(d => d.Start >= kept)];
            }

            // What was restated first: the level of a window that is due looks back at it.
            RollupCounts counts = await ComputeDirtyAsync(turn, channel, city, dirty, end, cancellationToken);
            return tooLate + counts + await ComputeDueAsync(turn, channel, city, end, cancellationToken);
        }
        finally
        {
            await state.EndAsync(turn);
        }
    }

    private async Task<RollupCounts> ComputeDueAsync(RollupTurn turn, Channel channel, City city, DateTimeOffset end, CancellationToken cancellationToken)
    {
        RollupCounts counts = default;
        for (DateTimeOffset from = turn.Through; from < end;)
        {
            DateTimeOffset to = Earlier(end, turn.Window switch
            {
                ViewWindow.Minute => from.AddMinutes(MinutesAtOnce),
                ViewWindow.Hour => from.AddHours(HoursAtOnce),
                _ => ViewWindows.Next(turn.Window, from, city.Zone),
            });
            counts += await engine.ComputeAsync(channel, turn.Window, (from, to), city, only: null, cancellationToken);
            if (!await state.AdvanceAsync(turn, to, cancellationToken)) return counts;
            from = to;
        }

        return counts;
    }

    private async Task<RollupCounts> ComputeDirtyAsync(RollupTurn turn, Channel channel, City city, IReadOnlyList<DirtyHour> dirty, DateTimeOffset end, CancellationToken cancellationToken)
    {
        RollupCounts counts = default;
        DateTimeOffset through = turn.Through > end ? turn.Through : end;
        HashSet<DateTimeOffset> daysThatWait = turn.Window is ViewWindow.Day ? [.. dirty.Where(static d => (d.Pending & DirtyBits.Hour) != 0).Select(d => ViewWindows.StartOf(ViewWindow.Day, d.Start, city.Zone))] : [];
        foreach (IGrouping<DateTimeOffset, DirtyHour> day in dirty.GroupBy(d => ViewWindows.StartOf(ViewWindow.Day, d.Start, city.Zone)).Where(d => !daysThatWait.Contains(d.Key)))
        {
            List<(DirtyHour, long)> done = [];
            foreach (IGrouping<DateTimeOffset, DirtyHour> hour in day.GroupBy(d => turn.Window is ViewWindow.Day ? day.Key : d.Start))
            {
                HashSet<string> measurements = [.. hour.Select(static d => d.Measurement)];
                // Only of windows that have ended; the others come with the next run.
                long closed = Closed(turn.Window, hour.First(), through, city.Zone);
                long pending = hour.Aggregate(0L, static (bits, d) => bits | d.Pending) & closed;
                foreach ((DateTimeOffset from, DateTimeOffset to) in Runs(turn.Window, hour.Key, pending, city.Zone))
                {
                    // Those that are due follow in any case.
                    foreach (((DateTimeOffset, DateTimeOffset) range, Kpi[] kpis) in new TouchedWindows(turn.Window, city.Zone).Of(channel, measurements, from, to, turn.Through))
                        counts += await engine.ComputeAsync(channel, turn.Window, range, city, kpis, cancellationToken);
                }

                if (closed != 0) done.AddRange(hour.Select(d => (d, closed)));
            }

            await state.ClearAsync(done, cancellationToken);
            if (!await state.AdvanceAsync(turn, turn.Through, cancellationToken)) return counts; // only that it is alive
        }

        return counts;
    }

    // The pending windows of an hour or a day that follow on one another.
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Runs(ViewWindow window, DateTimeOffset start, long pending, TimeZoneInfo zone)
    {
        if (window is not ViewWindow.Minute)
        {
            if (pending != 0) yield return (start, ViewWindows.Next(window, start, zone));
            yield break;
        }

        for (int minute = 0; minute < 60; minute++)
        {
            if ((pending & DirtyBits.Minute(minute)) == 0) continue;
            int from = minute;
            while (minute < 60 && (pending & DirtyBits.Minute(minute)) != 0) minute++;
            yield return (start.AddMinutes(from), start.AddMinutes(minute));
        }
    }

    // The bits of windows that have ended.
    private static long Closed(ViewWindow window, DirtyHour hour, DateTimeOffset through, TimeZoneInfo zone) => window switch
    {
        ViewWindow.Minute when through < hour.Start.AddHours(1) => DirtyBits.Minutes & ((1L << (int)Math.Max(0, (through - hour.Start).TotalMinutes)) - 1),
        ViewWindow.Minute => DirtyBits.Minutes,
        ViewWindow.Hour => through < hour.Start.AddHours(1) ? 0 : DirtyBits.Hour,
        _ => through < ViewWindows.Next(ViewWindow.Day, ViewWindows.StartOf(ViewWindow.Day, hour.Start, zone), zone) ? 0 : DirtyBits.Day,
    };

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
