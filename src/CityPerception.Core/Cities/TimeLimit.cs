using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace CityPerception.Core.Cities;

/// <summary>
/// A limit of time as offices write it: <c>30分钟</c>, <c>4小时</c>, <c>1工作日</c>, <c>2个工作小时</c>, <c>1天12小时</c>,
/// <c>90min</c>. Minutes, hours and days run by the clock; working days and hours by the city's calendar.
/// </summary>
public static class TimeLimit
{
    private enum Unit { Clock, WorkingHours, WorkingDays }

    // No case is given more than a few years, and a calendar is walked day by day.
    private const double MaxDays = 3_660;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789"), DigitsAndPoint = SearchValues.Create("0123456789.");

    private static readonly FrozenDictionary<string, (Unit Unit, double Hours)>.AlternateLookup<ReadOnlySpan<char>> Units = new Dictionary<string, (Unit, double)>
    {
        ["秒"] = (Unit.Clock, 1 / 3600.0),
        ["s"] = (Unit.Clock, 1 / 3600.0),
        ["分"] = (Unit.Clock, 1 / 60.0),
        ["分钟"] = (Unit.Clock, 1 / 60.0),
        ["min"] = (Unit.Clock, 1 / 60.0),
        ["时"] = (Unit.Clock, 1),
        ["小时"] = (Unit.Clock, 1),
        ["h"] = (Unit.Clock, 1),
        ["天"] = (Unit.Clock, 24),
        ["日"] = (Unit.Clock, 24),
        ["自然日"] = (Unit.Clock, 24),
        ["d"] = (Unit.Clock, 24),
        ["周"] = (Unit.Clock, 7 * 24),
        ["工作时"] = (Unit.WorkingHours, 1),
        ["工作小时"] = (Unit.WorkingHours, 1),
        ["工作日"] = (Unit.WorkingDays, 24),
        ["工作天"] = (Unit.WorkingDays, 24),
    }.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// When the limit ends that begins at a local time. A working day ends at the same time of the next one worked;
    /// fractions of one are no limit. Null for text that says none.
    /// </summary>
    public static DateTime? Add(WorkingCalendar calendar, DateTime start, ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest = text.Trim();
        if (rest.IsEmpty) return null;

        DateTime end = start;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(DigitsAndPoint);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return null;
            rest = rest[digits..].TrimStart();
            int length = rest.IndexOfAny(Digits);
            if (length < 0) length = rest.Length;
            if (Step(calendar, end, number, UnitName(rest[..length])) is not { } next) return null;
            end = next;
            rest = rest[length..];
        }

        return end;
    }

    private static ReadOnlySpan<char> UnitName(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> name = text.Trim();
        return name.StartsWith('个') ? name[1..] : name;
    }

    private static DateTime? Step(WorkingCalendar calendar, DateTime from, double number, ReadOnlySpan<char> name)
    {
        if (!Units.TryGetValue(name, out (Unit Unit, double Hours) unit) || number * unit.Hours > MaxDays * 24) return null;
        return unit.Unit switch
        {
            Unit.Clock => from + TimeSpan.FromHours(number * unit.Hours),
            _ when !calendar.IsEverWorked => null,
            Unit.WorkingHours => calendar.AddWorkingTime(from, TimeSpan.FromHours(number)),
            _ when number % 1 != 0 => null,
            _ => calendar.AddWorkingDays(DateOnly.FromDateTime(from), (int)number).ToDateTime(TimeOnly.FromDateTime(from)),
        };
    }
}
