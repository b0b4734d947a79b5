using System.Globalization;
using CityPerception.Core.Cities;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Cities;

public sealed class TimeLimitTests
{
    [Theory]
    [InlineData("30分钟", "2026-11-24 09:30")]
    [InlineData("15分", "2026-11-24 09:15")]
    [InlineData("4小时", "2026-11-24 13:00")]
    [InlineData(" 1.5 小时 ", "2026-11-24 10:30")]
    [InlineData("2天", "2026-11-26 09:00")]
    [InlineData("1天12小时30分钟", "2026-11-25 21:30")]
    [InlineData("1周", "2026-12-01 09:00")]
    [InlineData("90min", "2026-11-24 10:30")]
    [InlineData("1工作日", "2026-11-25 09:00")]
    [InlineData("5个工作日", "2026-12-01 09:00")] // over a weekend
    [InlineData("2个工作小时", "2026-11-24 11:00")]
    [InlineData("4工作时", "2026-11-24 15:30")] // over noon: 12:00 to 14:30 is not worked
    [InlineData("7工作小时", "2026-11-25 08:30")] // six and a half are left of the day
    [InlineData("0分钟", "2026-11-24 09:00")]
    public void Add_LimitFromATuesdayMorning_Ends(string limit, string end) => Assert.Equal(Local(end), TimeLimit.Add(ShippedFiles.Plan.City.Calendar, Local("2026-11-24 09:00"), limit));

    [Theory]
    [InlineData("2026-02-14 10:00", "1工作日", "2026-02-24 10:00")] // a Saturday worked, then Spring Festival
    [InlineData("2026-11-20 17:30", "1工作小时", "2026-11-23 08:30")] // a Friday evening
    [InlineData("2026-11-21 12:00", "1工作小时", "2026-11-23 09:00")] // a Saturday
    public void Add_WorkingLimit_FollowsTheCalendar(string start, string limit, string end) =>
        Assert.Equal(Local(end), TimeLimit.Add(ShippedFiles.Plan.City.Calendar, Local(start), limit));

    [Theory]
    [InlineData("")]
    [InlineData("尽快")]
    [InlineData("30")]
    [InlineData("30分钟内")]
    [InlineData("半小时")]
    [InlineData("-1小时")]
    [InlineData("1.2.3小时")]
    [InlineData("1.5工作日")]
    [InlineData("99999999天")]
    [InlineData("9999999999999999999999工作日")]
    public void Add_TextThatIsNoLimit_IsNone(string limit) => Assert.Null(TimeLimit.Add(ShippedFiles.Plan.City.Calendar, Local("2026-11-24 09:00"), limit));

    [Fact]
    public void Add_CalendarThatNeverWorks_HasNoWorkingTime()
    {
        var never = new WorkingCalendar([], [], [], []);
        Assert.Null(TimeLimit.Add(never, Local("2026-11-24 09:00"), "1工作日"));
        Assert.Null(TimeLimit.Add(never, Local("2026-11-24 09:00"), "1工作小时"));
        Assert.Equal(Local("2026-11-24 10:00"), TimeLimit.Add(never, Local("2026-11-24 09:00"), "1小时"));
    }

    private static DateTime Local(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
