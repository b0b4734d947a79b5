using System.Collections.Frozen;

namespace CityPerception.Core.Cities;

/// <summary>When the administration works: weekdays, less holidays, plus the days worked in exchange for them (调休).</summary>
public sealed class WorkingCalendar(
    IEnumerable<DayOfWeek> weekdays, IEnumerable<WorkingHours> hours, IEnumerable<DateOnly> holidays, IEnumerable<DateOnly> workdays)
{
    private readonly FrozenSet<DayOfWeek> _weekdays = weekdays.ToFrozenSet();
    private readonly FrozenSet<DateOnly> _holidays = holidays.ToFrozenSet();
    private readonly FrozenSet<DateOnly> _workdays = workdays.ToFrozenSet();

    /// <summary>The hours of a working day, in their order, not overlapping.</summary>
    public IReadOnlyList<WorkingHours> Hours { get; } = [.. hours];

    /// <summary>Whether there are weekdays and hours that are worked at all: without them no working time ever passes.</summary>
    public bool IsEverWorked => _weekdays.Count > 0 && Hours.Any(h => h.To > h.From);

    public bool IsWorkingDay(DateOnly day) =>
        _workdays.Contains(day) || (_weekdays.Contains(day.DayOfWeek) && !_holidays.Contains(day));

    /// <summary>The day that lies so many working days after another: 0 is that day itself, 1 the next working day.</summary>
    public DateOnly AddWorkingDays(DateOnly day, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (int left = count; left > 0;)
        {
            day = day.AddDays(1);
            if (IsWorkingDay(day)) left--;
        }
        return day;
    }

    /// <summary>The local time by which so much working time has passed. Ask <see cref="IsEverWorked"/> first.</summary>
    public DateTime AddWorkingTime(DateTime from, TimeSpan time)
    {
        for (var day = DateOnly.FromDateTime(from); ; day = day.AddDays(1))
        {
            if (!IsWorkingDay(day)) continue;
            foreach (WorkingHours span in Hours)
            {
                DateTime start = day.ToDateTime(span.From), end = day.ToDateTime(span.To);
                if (start < from) start = from;
                if (end <= start) continue;
                if (time <= end - start) return start + time;
                time -= end - start;
            }
        }
    }

    /// <summary>The working time between two local times; zero if the second is not after the first.</summary>
    public TimeSpan WorkingTime(DateTime from, DateTime to)
    {
        TimeSpan sum = TimeSpan.Zero;
        for (var day = DateOnly.FromDateTime(from); day <= DateOnly.FromDateTime(to); day = day.AddDays(1))
        {
            if (!IsWorkingDay(day)) continue;
            foreach (WorkingHours span in Hours)
            {
                DateTime start = Later(day.ToDateTime(span.From), from), end = Earlier(day.ToDateTime(span.To), to);
                if (end > start) sum += end - start;
            }
        }
        return sum;

        static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;
        static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;
    }
}

/// <summary>A stretch of a working day, local time.</summary>
public readonly record struct WorkingHours(TimeOnly From, TimeOnly To);
