using System.Globalization;
using CityPerception.Core.Cities;
using CityPerception.Core.Tests.Configuration;
using CsCheck;

namespace CityPerception.Core.Tests.Cities;

/// <summary>The calendar, which counts, against one that walks day by day and minute by minute.</summary>
public class WorkingCalendarTests
{
    private static readonly DateOnly Start = new(2026, 1, 1);

    private static readonly Gen<WorkingHours> Span = Gen.Select(Gen.Int[0, 600], Gen.Int[1, 200]).Select(s => new WorkingHours(At(s.Item1), At(s.Item1 + s.Item2)));

    private static readonly Gen<WorkingHours[]> Hours = Gen.OneOf(
        Span.Select(s => new[] { s }),
        Gen.Select(Span, Gen.Int[0, 100], Gen.Int[1, 400]).Select((s, gap, length) =>
            new[] { s, new WorkingHours(s.To.AddMinutes(gap), s.To.AddMinutes(gap + length)) }));

    private static readonly Gen<DateOnly[]> Days = Gen.Int[0, 60].Select(Start.AddDays).Array[0, 25];

    private static readonly Gen<WorkingCalendar> Calendar = Gen.Select(Gen.Enum<DayOfWeek>().Array[1, 7], Hours, Days, Days)
        .Select((weekdays, hours, holidays, workdays) => new WorkingCalendar(weekdays, hours, holidays, workdays));

    private static readonly Gen<DateTime> Time = Gen.Int[0, 60 * 24 * 60].Select(minutes => Start.ToDateTime(TimeOnly.MinValue).AddMinutes(minutes));

    [Fact]
    public void AddWorkingDays_AnyCalendar_IsTheDayThatCountingDayByDayGives() =>
        Gen.Select(Calendar, Gen.Int[0, 60], Gen.Int[0, 40]).Sample((calendar, from, count) =>
        {
            DateOnly start = Start.AddDays(from), day = start;
            for (int left = count; left > 0;)
            {
                day = day.AddDays(1);
                if (calendar.IsWorkingDay(day)) left--;
            }
            Assert.Equal(day, calendar.AddWorkingDays(start, count));
            Assert.Equal(count, calendar.WorkingDays(start.AddDays(1), day.AddDays(1)));
        });

    [Fact]
    public void WorkingTime_AnyCalendar_IsTheMinutesThatAreWorked() => Gen.Select(Calendar, Time, Time).Sample((calendar, from, to) =>
    {
        int minutes = 0;
        for (DateTime minute = from; minute < to; minute = minute.AddMinutes(1))
        {
            if (IsWorked(calendar, minute)) minutes++;
        }
        Assert.Equal(TimeSpan.FromMinutes(minutes), calendar.WorkingTime(from, to));
    }, iter: 200);

    [Fact]
    public void AddWorkingTime_AnyCalendar_IsTheFirstMomentByWhichItHasPassed() => Gen.Select(Calendar, Time, Gen.Int[1, 5000]).Sample((calendar, from, minutes) =>
    {
        TimeSpan time = TimeSpan.FromMinutes(minutes);
        DateTime end = calendar.AddWorkingTime(from, time);
        Assert.Equal(time, calendar.WorkingTime(from, end));
        Assert.True(calendar.WorkingTime(from, end.AddTicks(-1)) < time);
    });

    [Fact]
    public void AddWorkingTime_None_IsTheNextMomentThatIsWorked() => Gen.Select(Calendar, Time).Sample((calendar, from) =>
    {
        DateTime end = calendar.AddWorkingTime(from, TimeSpan.Zero);
        Assert.True(end >= from && IsWorked(calendar, end));
        Assert.Equal(TimeSpan.Zero, calendar.WorkingTime(from, end));
    });

    [Theory]
    [InlineData("2026-11-24 09:00", "2026-11-24 15:30", 4.0)] // not over noon
    [InlineData("2026-11-20 17:30", "2026-11-23 08:30", 1.0)] // nor over a weekend
    [InlineData("2026-02-13 08:00", "2026-02-24 08:00", 15.0)] // a Friday and the Saturday worked for it, then Spring Festival
    [InlineData("2026-11-24 09:00", "2026-11-24 09:00", 0.0)]
    [InlineData("2026-11-24 10:00", "2026-11-24 09:00", 0.0)]
    public void WorkingTime_OfTheShippedCity_IsThatOfItsOffices(string from, string to, double hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), ShippedFiles.Plan.City.Calendar.WorkingTime(Local(from), Local(to)));

    [Fact]
    public void AddWorkingTime_DecadesAhead_IsCountedNotWalked()
    {
        WorkingCalendar calendar = ShippedFiles.Plan.City.Calendar;
        DateTime far = calendar.AddWorkingTime(Local("2026-11-24 09:00"), TimeSpan.FromHours(7.5 * 52 * 5 * 100));
        Assert.InRange(far.Year, 2126, 2127);
        Assert.Equal(TimeSpan.FromHours(7.5 * 52 * 5 * 100), calendar.WorkingTime(Local("2026-11-24 09:00"), far));
    }

    [Fact]
    public void Add_CalendarThatNeverWorks_IsRefused()
    {
        var never = new WorkingCalendar([], [], [], []);
        Assert.Throws<InvalidOperationException>(() => never.AddWorkingTime(Local("2026-11-24 09:00"), TimeSpan.FromHours(1)));
        Assert.Throws<InvalidOperationException>(() => never.AddWorkingDays(Start, 1));
        Assert.Equal(TimeSpan.Zero, never.WorkingTime(Local("2026-11-24 09:00"), Local("2027-11-24 09:00")));
    }

    private static bool IsWorked(WorkingCalendar calendar, DateTime minute) =>
        calendar.IsWorkingDay(DateOnly.FromDateTime(minute)) &&
        calendar.Hours.Any(h => TimeOnly.FromDateTime(minute) >= h.From && TimeOnly.FromDateTime(minute) < h.To);

    private static TimeOnly At(int minutes) => TimeOnly.MinValue.AddMinutes(minutes);

    private static DateTime Local(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
