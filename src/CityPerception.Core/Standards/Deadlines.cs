using CityPerception.Core.Cities;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Standards;

/// <summary>
/// Deadlines of cases in the city's working time (GB/T 30428.8: limits in minutes, hours, working hours and working days;
/// which days are worked: city.yaml). Times are nanoseconds since 1970 UTC, as observations have them.
/// </summary>
public static class Deadlines
{
    /// <summary>When a limit ends that begins at a time.</summary>
    /// <param name="limit">As offices write it: 30分钟, 4小时, 2个工作小时, 1工作日.</param>
    /// <returns>Null for text that is no limit, and for an end that no store could keep (after 2262).</returns>
    public static long? Due(City city, long startNs, ReadOnlySpan<char> limit) =>
        TimeLimit.Add(city.Calendar, ToLocal(city, startNs), limit) is { Year: < 2262 } end ? ToNs(city, end) : null;

    /// <summary>The working time that passed between two times; zero if the second is not after the first.</summary>
    public static TimeSpan WorkingTime(City city, long fromNs, long toNs) => city.Calendar.WorkingTime(ToLocal(city, fromNs), ToLocal(city, toNs));

    /// <summary>The time by which so much working time has passed.</summary>
    /// <exception cref="InvalidOperationException">The city never works.</exception>
    public static long AddWorkingTime(City city, long startNs, TimeSpan time) => ToNs(city, city.Calendar.AddWorkingTime(ToLocal(city, startNs), time));

    /// <summary>Whether a case was late: finished after its deadline, or, still open, looked at after it. On the deadline is in time.</summary>
    /// <param name="finishedNs">Null while it is open.</param>
    public static bool IsOverdue(long dueNs, long? finishedNs, long nowNs) => (finishedNs ?? nowNs) > dueNs;

    private static DateTime ToLocal(City city, long ns) => TimeZoneInfo.ConvertTime(ObservationTime.FromUnixNs(ns), city.Zone).DateTime;

    private static long ToNs(City city, DateTime local) => new DateTimeOffset(local, city.Zone.GetUtcOffset(local)).ToUnixNs();
}
