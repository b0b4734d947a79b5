using System.Globalization;
using CityPerception.Core.Cities;
using CityPerception.Core.Observations;
using CityPerception.Core.Standards;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Standards;

public class DeadlinesTests
{
    private static readonly City City = ShippedFiles.Plan.City;

    [Theory]
    [InlineData("2026-11-24T09:00:00+08:00", "2个工作小时", "2026-11-24T11:00:00+08:00")]
    [InlineData("2026-11-20T09:30:00Z", "1工作小时", "2026-11-23T08:30:00+08:00")] // 17:30 of a Friday in the city
    [InlineData("2026-02-14T10:00:00+08:00", "1工作日", "2026-02-24T10:00:00+08:00")] // Spring Festival between
    [InlineData("2026-11-24T23:50:00+08:00", "30分钟", "2026-11-25T00:20:00+08:00")]
    public void Due_LimitsOfOffices_EndInTheCitysTime(string start, string limit, string due) => Assert.Equal(Ns(due), Deadlines.Due(City, Ns(start), limit));

    [Theory]
    [InlineData("2026-11-24T09:00:00+08:00", "尽快")]
    [InlineData("2261-11-24T09:00:00+08:00", "3000天")]
    public void Due_NoLimitOrNoTime_IsNone(string start, string limit) => Assert.Null(Deadlines.Due(City, Ns(start), limit));

    [Fact]
    public void WorkingTime_OfADueCase_IsItsLimit()
    {
        long start = Ns("2026-09-24T16:00:00+08:00"), due = Deadlines.AddWorkingTime(City, start, TimeSpan.FromHours(7.5));
        Assert.Equal(Ns("2026-09-28T16:00:00+08:00"), due); // Mid-Autumn, and a weekend
        Assert.Equal(TimeSpan.FromHours(7.5), Deadlines.WorkingTime(City, start, due));
    }

    [Theory]
    [InlineData(10, 10L, 99, false)]
    [InlineData(10, 11L, 99, true)]
    [InlineData(10, null, 10, false)]
    [InlineData(10, null, 11, true)]
    public void IsOverdue_OnTheDeadline_IsInTime(long due, long? finished, long now, bool isOverdue) => Assert.Equal(isOverdue, Deadlines.IsOverdue(due, finished, now));

    private static long Ns(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixNs();
}
