using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels;

/// <summary>Where windows begin and end. Minutes and hours are aligned to UTC, days are civil days of the city.</summary>
public static class ViewWindows
{
    /// <summary>As in tags and routes: 1m, 1h, 1d.</summary>
    public static string NameOf(ViewWindow window) => window switch { ViewWindow.Minute => "1m", ViewWindow.Hour => "1h", _ => "1d" };

    /// <summary>The window of a name, or null.</summary>
    public static ViewWindow? Find(string name) => name switch { "1m" => ViewWindow.Minute, "1h" => ViewWindow.Hour, "1d" => ViewWindow.Day, _ => null };

    /// <summary>How a store cuts a range into them.</summary>
    public static WindowSize SizeOf(ViewWindow window, TimeZoneInfo zone) => window switch
    {
        ViewWindow.Minute => new WindowSize.Fixed(TimeSpan.FromMinutes(1)),
        ViewWindow.Hour => new WindowSize.Fixed(TimeSpan.FromHours(1)),
        _ => new WindowSize.CivilDay(zone),
    };

    /// <summary>The start of the window that a time lies in, in UTC.</summary>
    public static DateTimeOffset StartOf(ViewWindow window, DateTimeOffset time, TimeZoneInfo zone)
    {
        if (window is not ViewWindow.Day)
        {
            long length = window is ViewWindow.Minute ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerHour;
            return new DateTimeOffset(time.UtcTicks - time.UtcTicks % length, TimeSpan.Zero);
        }

        return CivilDays.Start(CivilDays.DateOf(time, zone), zone);
    }

    /// <summary>The start of the window after the one that begins then.</summary>
    public static DateTimeOffset Next(ViewWindow window, DateTimeOffset start, TimeZoneInfo zone) => window switch
    {
        ViewWindow.Minute => start.AddMinutes(1),
        ViewWindow.Hour => start.AddHours(1),
        _ => CivilDays.Start(CivilDays.DateOf(start, zone).AddDays(1), zone),
    };

    /// <summary>The start of the window that comes so many before the one that begins then.</summary>
    public static DateTimeOffset Back(ViewWindow window, DateTimeOffset start, int windows, TimeZoneInfo zone) => window switch
    {
        ViewWindow.Minute => start.AddMinutes(-windows),
        ViewWindow.Hour => start.AddHours(-windows),
        _ => CivilDays.Start(CivilDays.DateOf(start, zone).AddDays(-windows), zone),
    };

    /// <summary>The starts of the windows from one to another, the latter not included.</summary>
    public static IEnumerable<DateTimeOffset> Between(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        for (DateTimeOffset start = from; start < to; start = Next(window, start, zone)) yield return start;
    }
}
