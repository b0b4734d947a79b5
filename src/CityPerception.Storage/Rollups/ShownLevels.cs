using CityPerception.Core.Channels;

namespace CityPerception.Storage.Rollups;

/// <summary>Hysteresis over windows by time.</summary>
internal static class ShownLevels
{
    /// <summary>The level that a view shows; one without a value, or that nobody had to compute, says nothing.</summary>
    /// <param name="view">The view.</param>
    /// <param name="levels">Of its KPI; null for none.</param>
    /// <param name="zone">Of civil days.</param>
    /// <param name="earlier">The view of an earlier window, if there is one.</param>
    public static Level Of(ChannelView view, KpiLevels? levels, TimeZoneInfo zone, Func<DateTimeOffset, ChannelView?> earlier)
    {
        if (levels is null) return Level.Unknown;
        List<Level> last = [view.OwnLevel];
        DateTimeOffset start = view.Start;
        for (int back = 1; back < levels.Hold; back++)
        {
            start = ViewWindows.Back(view.Window, start, 1, zone);
            if (earlier(start) is { Void: false } before) last.Add(before.OwnLevel);
        }

        return levels.Shown([.. last]);
    }
}
