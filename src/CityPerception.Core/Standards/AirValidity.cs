namespace CityPerception.Core.Standards;

/// <summary>
/// When a mean counts: GB 3095-2012, table 4, and HJ 663-2013, 6. A missing value is NaN in the spans; a mean that does
/// not count is null.
/// </summary>
public static class AirValidity
{
    /// <summary>At least this of an hour must have been sampled.</summary>
    public const int MinutesOfHour = 45;

    /// <summary>Means of an hour that a mean of 24 hours needs.</summary>
    public const int HoursOfDay = 20;

    /// <summary>Means of an hour that a mean of 8 hours needs.</summary>
    public const int HoursOfEight = 6;

    /// <summary>Means of 8 hours that the largest of a day needs; there are 17, those that end at 08:00 to 24:00.</summary>
    public const int WindowsOfDay = 14;

    /// <summary>Means of a day that a mean of a month needs, and of February.</summary>
    public const int DaysOfMonth = 27, DaysOfFebruary = 25;

    /// <summary>Means of a day that a mean of a year needs.</summary>
    public const int DaysOfYear = 324;

    /// <summary>Of a city's stations so many must have a value before their mean is the city's (HJ 663-2013, 6).</summary>
    public const double ShareOfStations = 0.75;

    // The limit of grade 2 for ozone's largest mean of 8 hours: the same in both editions of GB 3095.
    private const double OzoneLimit = 160;

    /// <summary>The mean of an hour from its samples, if they cover 45 minutes of it.</summary>
    /// <param name="sum">Of the samples, in any unit of concentration.</param>
    /// <param name="count">Of the samples.</param>
    /// <param name="minutesOfSample">How long each stands for.</param>
    public static double? Hour(double sum, long count, double minutesOfSample) =>
        count > 0 && count * minutesOfSample >= MinutesOfHour ? sum / count : null;

    /// <summary>The mean of a civil day from its 24 hourly means, if there are 20.</summary>
    public static double? Day(ReadOnlySpan<double> hours, int needed = HoursOfDay) => MeanOf(hours, needed);

    /// <summary>The mean of 8 hours in a row, if there are 6.</summary>
    /// <exception cref="ArgumentException">Not 8 hours.</exception>
    public static double? EightHours(ReadOnlySpan<double> hours)
    {
        if (hours.Length != 8) throw new ArgumentException("8 hours are wanted", nameof(hours));
        return MeanOf(hours, HoursOfEight);
    }

    /// <summary>
    /// Ozone's largest sliding mean of 8 hours of a civil day, from its 24 hourly means (the first ends at 01:00): over
    /// the windows that end at 08:00 to 24:00. It counts if 14 of them do, or if it exceeds the limit of 160 ug/m3 all the
    /// same (HJ 663-2013, 6: the missing ones could only make it worse).
    /// </summary>
    /// <exception cref="ArgumentException">Not 24 hours.</exception>
    public static double? OzoneOfDay(ReadOnlySpan<double> hours)
    {
        if (hours.Length != 24) throw new ArgumentException("24 hours are wanted", nameof(hours));
        int windows = 0;
        double largest = double.NegativeInfinity;
        for (int first = 0; first + 8 <= hours.Length; first++)
        {
            if (EightHours(hours.Slice(first, 8)) is not { } mean) continue;
            windows++;
            largest = Math.Max(largest, mean);
        }
        return windows >= WindowsOfDay || Rounding.HalfToEven(largest, 0) > OzoneLimit ? largest : null;
    }

    /// <summary>A city's or district's concentration: the mean of its stations, if three quarters of them have one.</summary>
    public static double? OfStations(ReadOnlySpan<double> stations, double share = ShareOfStations) => MeanOf(stations, Math.Max(1, (int)Math.Ceiling(stations.Length * share)));

    /// <summary>Whether the days of a month are enough for its mean.</summary>
    public static bool IsMonthValid(int month, int days) => days >= (month == 2 ? DaysOfFebruary : DaysOfMonth);

    private static double? MeanOf(ReadOnlySpan<double> values, int wanted)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value)) continue;
            sum += value;
            count++;
        }
        return count >= wanted ? sum / count : null;
    }
}
