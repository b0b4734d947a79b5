using System.Collections.Frozen;

namespace CityPerception.Core.Cities;

/// <summary>When the administration works: weekdays, less holidays, plus the days worked in exchange for them (调休).</summary>
/// <remarks>
/// Any question costs a binary search among the days that differ from the week, however far the times lie apart: working
/// days are counted from 0001-01-01 on, by the week and by a running sum of those exceptions.
/// </remarks>
public sealed class WorkingCalendar
{
    private readonly FrozenSet<DayOfWeek> _weekdays;
    private readonly FrozenSet<DateOnly> _holidays, _workdays;
    private readonly WorkingHours[] _hours;

    // By days since Monday: how many days of the week before are worked, and the days that are.
    private readonly int[] _workedBefore = new int[7], _worked;

    // Days that differ from their week, in order, and how many days are worked up to and including each.
    private readonly int[] _exceptions;
    private readonly long[] _countUpTo;
    private readonly long _ticksOfDay;

    public WorkingCalendar(IEnumerable<DayOfWeek> weekdays, IEnumerable<WorkingHours> hours, IEnumerable<DateOnly> holidays, IEnumerable<DateOnly> workdays)
    {
        _weekdays = weekdays.ToFrozenSet();
        _holidays = holidays.ToFrozenSet();
        _workdays = workdays.ToFrozenSet();
        _hours = [.. hours];
        _ticksOfDay = _hours.Sum(h => Math.Max(0, h.To.Ticks - h.From.Ticks));
        // Day number 0 is a Monday.
        _worked = [.. Enumerable.Range(0, 7).Where(IsWeekday)];
        for (int i = 0; i < 7; i++) _workedBefore[i] = _worked.Count(d => d < i);

        _exceptions = [.. _holidays.Union(_workdays).Where(d => IsWorkingDay(d) != IsWeekday(d.DayNumber)).Select(d => d.DayNumber).Order()];
        _countUpTo = new long[_exceptions.Length];
        for (int i = 0, sum = 0; i < _exceptions.Length; i++)
        {
            sum += IsWeekday(_exceptions[i]) ? -1 : 1;
            _countUpTo[i] = Weekdays(_exceptions[i] + 1) + sum;
        }
    }

    /// <summary>The hours of a working day, in their order, not overlapping.</summary>
    public IReadOnlyList<WorkingHours> Hours => _hours;

    /// <summary>Whether there are weekdays and hours that are worked at all: without them no working time ever passes.</summary>
    public bool IsEverWorked => _weekdays.Count > 0 && _ticksOfDay > 0;

    public bool IsWorkingDay(DateOnly day) =>
        _workdays.Contains(day) || (_weekdays.Contains(day.DayOfWeek) && !_holidays.Contains(day));

    /// <summary>
    /// The day that lies so many working days after another: 0 is that day itself, 1 the next working day. Ask
    /// <see cref="IsEverWorked"/> first.
    /// </summary>
    public DateOnly AddWorkingDays(DateOnly day, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count == 0 ? day : NthWorkingDay(WorkingDaysBefore(day.DayNumber + 1) + count);
    }

    /// <summary>Working days in [from, to); negative if the second lies before the first.</summary>
    public int WorkingDays(DateOnly from, DateOnly to) => (int)(WorkingDaysBefore(to.DayNumber) - WorkingDaysBefore(from.DayNumber));

    /// <summary>
    /// The first local time by which so much working time has passed; for none, the first at or after it that is worked.
    /// Ask <see cref="IsEverWorked"/> first.
    /// </summary>
    public DateTime AddWorkingTime(DateTime from, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        if (!IsEverWorked) throw new InvalidOperationException("no working time ever passes in this calendar");

        // A tick more, and back again: none at all ends where the next worked stretch begins, not where the last one ended.
        long none = time == TimeSpan.Zero ? 1 : 0;
        long target = WorkedTicks(from) + time.Ticks + none;
        DateOnly day = NthWorkingDay(((target - 1) / _ticksOfDay) + 1);
        return day.ToDateTime(TimeOnly.MinValue).AddTicks(TimeOfDay(((target - 1) % _ticksOfDay) + 1) - none);
    }

    /// <summary>The working time between two local times; zero if the second is not after the first.</summary>
    public TimeSpan WorkingTime(DateTime from, DateTime to) => to <= from ? TimeSpan.Zero : TimeSpan.FromTicks(WorkedTicks(to) - WorkedTicks(from));

    private bool IsWeekday(int dayNumber) => _weekdays.Contains(DateOnly.FromDayNumber(dayNumber).DayOfWeek);

    // Days worked in [0001-01-01, day) if every week were like the other.
    private long Weekdays(int dayNumber) => ((long)_worked.Length * (dayNumber / 7)) + _workedBefore[dayNumber % 7];

    private long WorkingDaysBefore(int dayNumber)
    {
        int last = LastExceptionBefore(dayNumber);
        return Weekdays(dayNumber) + (last < 0 ? 0 : _countUpTo[last] - Weekdays(_exceptions[last] + 1));
    }

    private int LastExceptionBefore(int dayNumber)
    {
        int at = Array.BinarySearch(_exceptions, dayNumber);
        return (at < 0 ? ~at : at) - 1;
    }

    /// <summary>The day by whose end so many have been worked since 0001-01-01, for the first time.</summary>
    private DateOnly NthWorkingDay(long count)
    {
        if (_worked.Length == 0) throw new InvalidOperationException("no working day ever comes in this calendar");
        int at = FirstExceptionReaching(count);
        // What is left falls between the exception before and this one, or on this one.
        long rest = at == 0 ? count : count - _countUpTo[at - 1] + Weekdays(_exceptions[at - 1] + 1);
        long day = (7 * ((rest - 1) / _worked.Length)) + _worked[(int)((rest - 1) % _worked.Length)];
        return DateOnly.FromDayNumber((int)(at < _exceptions.Length && _exceptions[at] < day ? _exceptions[at] : day));
    }

    private int FirstExceptionReaching(long count)
    {
        int low = 0, high = _countUpTo.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_countUpTo[middle] < count) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private long WorkedTicks(DateTime time)
    {
        var day = DateOnly.FromDateTime(time);
        long ticks = WorkingDaysBefore(day.DayNumber) * _ticksOfDay;
        if (!IsWorkingDay(day)) return ticks;
        foreach (WorkingHours span in _hours)
            ticks += Math.Max(0, Math.Min(span.To.Ticks, time.TimeOfDay.Ticks) - span.From.Ticks);
        return ticks;
    }

    // The time of a working day by which so much of it has been worked.
    private long TimeOfDay(long worked)
    {
        foreach (WorkingHours span in _hours)
        {
            long length = Math.Max(0, span.To.Ticks - span.From.Ticks);
            if (worked <= length) return span.From.Ticks + worked;
            worked -= length;
        }
        throw new InvalidOperationException("a working day is not that long");
    }
}

/// <summary>A stretch of a working day, local time.</summary>
public readonly record struct WorkingHours(TimeOnly From, TimeOnly To);
