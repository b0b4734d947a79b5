using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Cities;

public class CityTests
{
    private static readonly string Shipped = ShippedFiles.Read("city.yaml");

    private static readonly City City = CityCompiler.Read("city.yaml", Shipped, new ConfigFaults())!;

    [Fact]
    public void Read_ShippedFile_IsChangzhi()
    {
        Assert.Equal((new Names("长治市", "Changzhi"), "140400"), (City.Names, City.Code));
        Assert.Equal(12, City.Districts.Count);
        Assert.Equal(13, City.DistrictValues.Count);
        Assert.Equal(TimeSpan.FromMinutes(5), City.Ahead);
        Assert.Equal(["zh", "en"], City.Languages);
        Assert.Equal(new IngestLimits(256 << 10, 4 << 20, 64, 10_000), City.Limits);
        Assert.Equal(TimeSpan.FromDays(400), City.Retention.Raw);
    }

    [Fact]
    public void Zone_SinceTheEarliestTime_IsEightHoursWithoutSummerTime()
    {
        Assert.Equal(DateTimeOffset.Parse("2009-12-31T16:00:00Z", System.Globalization.CultureInfo.InvariantCulture), ObservationTime.FromUnixNs(City.EarliestNs));
        for (var day = new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc); day.Year < 2040; day = day.AddDays(1))
            Assert.Equal(TimeSpan.FromHours(8), City.Zone.GetUtcOffset(day));
    }

    [Theory]
    [InlineData(36.2, 113.12, true)]
    [InlineData(35.8, 111.9, true)]
    [InlineData(113.12, 36.2, false)] // exchanged
    [InlineData(39.9, 116.4, false)] // Beijing
    [InlineData(double.NaN, 113.12, false)]
    public void Bounds_OfTheCity_HoldItsPositionsOnly(double latitude, double longitude, bool within) =>
        Assert.Equal(within, City.Bounds.Contains(latitude, longitude));

    [Theory]
    [InlineData("140403", "140403")]
    [InlineData("140402", "140403")] // 城区 and 郊区 became 潞州区
    [InlineData("郊区", "140403")]
    [InlineData("长治县", "140404")]
    [InlineData("屯留区", "140405")]
    [InlineData("Lucheng", "140406")]
    [InlineData("140481", "140406")]
    [InlineData("140400", null)]
    [InlineData("太原市", null)]
    public void FindDistrict_ByCodeOrName_KnowsTheFormerOnesToo(string codeOrName, string? code) =>
        Assert.Equal(code, City.FindDistrict(codeOrName)?.Code);

    [Theory]
    [InlineData("2026-01-01", false)] // New Year
    [InlineData("2026-01-04", true)] // a Sunday worked for it
    [InlineData("2026-02-14", true)]
    [InlineData("2026-02-15", false)]
    [InlineData("2026-02-23", false)]
    [InlineData("2026-02-24", true)]
    [InlineData("2026-05-09", true)]
    [InlineData("2026-09-20", true)]
    [InlineData("2026-10-07", false)]
    [InlineData("2026-10-08", true)]
    [InlineData("2026-11-21", false)] // a Saturday
    [InlineData("2026-11-24", true)]
    public void IsWorkingDay_In2026_FollowsTheNotice(string day, bool worked) =>
        Assert.Equal(worked, City.Calendar.IsWorkingDay(DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>365 days, 104 of them weekend, 19 weekdays taken by holidays, 6 weekend days worked.</summary>
    [Fact]
    public void IsWorkingDay_AllOf2026_Makes248() =>
        Assert.Equal(248, Enumerable.Range(0, 365).Count(d => City.Calendar.IsWorkingDay(new DateOnly(2026, 1, 1).AddDays(d))));

    [Fact]
    public void AddWorkingDays_OverSpringFestival_SkipsIt() =>
        Assert.Equal(new DateOnly(2026, 2, 24), City.Calendar.AddWorkingDays(new DateOnly(2026, 2, 14), 1));

    [Theory]
    [InlineData("2026-11-24 09:00", "2026-11-24 10:30", 90)]
    [InlineData("2026-11-24 11:00", "2026-11-24 15:00", 90)] // over noon
    [InlineData("2026-11-20 17:00", "2026-11-23 09:00", 120)] // over a weekend
    [InlineData("2026-11-21 09:00", "2026-11-22 18:00", 0)]
    [InlineData("2026-11-24 00:00", "2026-11-25 00:00", 450)]
    [InlineData("2026-11-24 10:00", "2026-11-24 09:00", 0)]
    public void WorkingTime_BetweenTwoTimes_CountsOfficeHours(string from, string to, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), City.Calendar.WorkingTime(Local(from), Local(to)));

    [Theory]
    [InlineData("zone: Asia/Shanghai", "zone: Asia/Kathmandu", "zone: found the zone \"Asia/Kathmandu\"; allowed: a zone whose offset from UTC is whole hours: channels make days of hours")]
    [InlineData("zone: Asia/Shanghai", "zone: Australia/Lord_Howe", "zone: found the zone \"Australia/Lord_Howe\"; allowed: a zone whose offset from UTC is whole hours: channels make days of hours")]
    [InlineData("zone: Asia/Shanghai", "zone: Asia/Shangai", "zone: found the zone \"Asia/Shangai\"; allowed: an IANA time zone that this system knows, such as Asia/Shanghai; did you mean Asia/Shanghai?")]
    [InlineData("lat: [35.8, 37.2]", "lat: [37.2, 35.8]", "bounds.lat: found [37.2, 35.8]; allowed: south before north; did you mean [35.8, 37.2]?")]
    [InlineData("lon: [111.9, 113.8]", "lon: [113.8, 111.9]", "bounds.lon: found [113.8, 111.9]; allowed: west before east; did you mean [111.9, 113.8]?")]
    [InlineData("ahead: 5m", "ahead: 2d", "ahead: found more than a day; allowed: at most 1d; a source that sends forecasts says so itself")]
    [InlineData("  140431:", "  140400:", "districts.140400: found the code 140400; allowed: a code other than the city's own")]
    [InlineData("lat: 36.50, lon: 112.33", "lat: 112.33, lon: 36.50", "districts.140431.lat: found the number 112.33; allowed: a number from -90 to 90")]
    [InlineData("lat: 36.50, lon: 112.33", "lat: 36.50, lon: 116.33", "districts.140431.lat: found the centre 36.5, 116.33; allowed: a centre within the city's bounds")]
    [InlineData("{ 140481: 潞城市 }", "{ 140424: 潞城市 }", "districts.140406: found 140424, which 140405 has too; allowed: every code and name for one district")]
    [InlineData("from: 2026-10-01, to: 2026-10-07", "from: 2026-10-01, to: 2027-10-07", "working.holidays[6].to: found 国庆节 of 372 days; allowed: 1 to 31 days")]
    [InlineData("to: 12:00", "to: 07:00", "working.hours[0].to: found 07:00; allowed: a time after 08:00")]
    [InlineData("from: 14:30", "from: 11:30", "working.hours[1].from: found 11:30; allowed: hours in their order, from 12:00 on")]
    [InlineData("2026-10-10]", "2026-10-07]", "working.workdays: found 2026-10-07, which is a holiday too; allowed: days outside the holidays")]
    [InlineData("minutes: 90d", "minutes: 90m", "retention.minutes: found less than a day; allowed: 1d or more")]
    [InlineData("depth: 64", "depth: 640", "limits.depth: found the number 640; allowed: a whole number from 4 to 128")]
    public void Read_OneFault_SaysWhereAndWhat(string good, string bad, string expected)
    {
        var faults = new ConfigFaults();
        string text = Shipped.Replace(good, bad, StringComparison.Ordinal);

        Assert.Null(CityCompiler.Read("city.yaml", text, faults));
        ConfigFault fault = Assert.Single(faults.All);
        Assert.Equal(expected, fault.ToString()[($"{fault.Place}".Length + 2)..]);
        string line = text.Split('\n')[fault.Place.Line - 1];
        Assert.True(fault.Place.Column <= line.Length && line.Contains(bad.Trim(), StringComparison.Ordinal), $"{fault.Place} is not where it was broken: {line}");
    }

    private static DateTime Local(string text) =>
        DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
