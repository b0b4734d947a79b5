namespace CityPerception.Simulation;

/// <summary>How a day and a week go in a city, as curves between 0 and 1 over local time.</summary>
internal static class Rhythm
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8); // no daylight saving since 1991

    public static DateTimeOffset Local(DateTimeOffset time) => time.ToOffset(China);

    /// <summary>Traffic: two rush hours, a quieter noon, little at night, less at weekends.</summary>
    public static double Traffic(DateTimeOffset time)
    {
        double hour = Hour(time), day = Bell(hour, 13, 5);
        double rush = Math.Max(Bell(hour, 7.8, 1.1), Bell(hour, 18, 1.4));
        return Math.Clamp(0.08 + 0.55 * day + (IsWeekend(time) ? 0.15 : 0.4) * rush, 0, 1);
    }

    /// <summary>People who are awake and talk: few at night, most in the morning and the evening.</summary>
    public static double People(DateTimeOffset time)
    {
        double hour = Hour(time);
        return Math.Clamp(0.12 + 0.85 * Math.Max(Bell(hour, 10, 2.6), Bell(hour, 19.5, 2.8)), 0, 1);
    }

    /// <summary>Offices: half past eight to noon and half past two to six on working days; a few on duty otherwise.</summary>
    public static double Office(DateTimeOffset time)
    {
        double hour = Hour(time);
        double open = Math.Max(Plateau(hour, 8.5, 12), Plateau(hour, 14.5, 18));
        return IsWeekend(time) ? 0.05 + 0.1 * open : 0.05 + 0.95 * open;
    }

    /// <summary>How high the sun stands; 0 by night. Days are longer in June.</summary>
    public static double Sun(DateTimeOffset time)
    {
        (double rise, double set) = SunTimes(time);
        double hour = Hour(time);
        return hour <= rise || hour >= set ? 0 : Math.Sin(Math.PI * (hour - rise) / (set - rise));
    }

    /// <summary>Street lamps: on from dusk to dawn; each lamp's light sensor is a little early or late.</summary>
    public static bool IsDark(DateTimeOffset time, double lateHours)
    {
        (double rise, double set) = SunTimes(time);
        double hour = Hour(time);
        return hour < rise + lateHours || hour > set + lateHours;
    }

    /// <summary>The ground cools and holds the air down: most before dawn, none in the afternoon.</summary>
    public static double Inversion(DateTimeOffset time)
    {
        double hour = Hour(time);
        return Math.Max(Bell(hour, 5.5, 3.2), Bell(hour, 29.5, 3.2));
    }

    /// <summary>−1 in mid-July, 1 in mid-January.</summary>
    public static double Winter(DateTimeOffset time) => Math.Cos(2 * Math.PI * (Local(time).DayOfYear - 15) / 365.25);

    public static double Hour(DateTimeOffset time) => Local(time).TimeOfDay.TotalHours;

    // Changzhi, 36.2° N, 113.1° E: 4:55 to 19:25 in June, 7:25 to 17:20 in January, to within a quarter of an hour.
    private static (double Rise, double Set) SunTimes(DateTimeOffset time) =>
        (6.17 + 1.25 * Winter(time), 18.37 - 1.05 * Winter(time));

    private static bool IsWeekend(DateTimeOffset time) =>
        Local(time).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static double Bell(double hour, double middle, double width)
    {
        double away = (hour - middle) / width;
        return Math.Exp(-0.5 * away * away);
    }

    private static double Plateau(double hour, double from, double to) =>
        Math.Clamp(Math.Min((hour - from) / 0.3 + 0.5, (to - hour) / 0.3 + 0.5), 0, 1);
}
