using CityPerception.Core.Standards;

namespace CityPerception.Core.Tests.Standards;

public class HotlineTests
{
    // GB/T 33358-2016: at least 95 % of any 24 hours.
    [Theory]
    [InlineData(95, 100, true)]
    [InlineData(94, 100, false)]
    [InlineData(19, 20, true)]
    [InlineData(0, 0, null)]
    public void IsConnected_RateOfADay_Is95OfAHundred(int answered, int offered, bool? isConnected) =>
        Assert.Equal(isConnected, Hotline.IsConnected(answered, offered));

    [Fact]
    public void WorstOfDay_BadNightBetweenGoodDays_IsTheStretchOver24Hours()
    {
        // Good civil days, but for the hours around a midnight.
        (long, long)[] hours = [.. Enumerable.Range(0, 48).Select(h => (h is >= 20 and < 28 ? 8L : 10L, 10L))];
        (long answered, long offered) = Hotline.WorstOfDay(hours)!.Value;
        Assert.Equal((224, 240), (answered, offered));
        Assert.False(Hotline.IsConnected(answered, offered));
        Assert.True(Hotline.IsConnected(hours[..24].Sum(static h => h.Item1), 240));
    }

    [Fact]
    public void WorstOfDay_LessThanADayOrNoCalls_IsNone()
    {
        Assert.Null(Hotline.WorstOfDay(new (long, long)[23]));
        Assert.Null(Hotline.WorstOfDay(new (long, long)[24]));
    }

    [Theory]
    [InlineData(24.0, true)]
    [InlineData(24.1, false)]
    [InlineData(null, false)]
    public void IsInTime_Hours_MustBe24(double? hours, bool isInTime) => Assert.Equal(isInTime, Hotline.IsInTime(hours));

    [Theory]
    [InlineData(5, true)]
    [InlineData(3, true)]
    [InlineData(2, false)]
    [InlineData(0, null)]
    [InlineData(6, null)]
    public void IsSatisfied_Grades_FromThreeOn(int grade, bool? isSatisfied) => Assert.Equal(isSatisfied, Hotline.IsSatisfied(grade));

    [Fact]
    public void ThreeRates_OneMissing_IsNone()
    {
        Assert.Equal(0.1 + (0.45 * 0.8) + (0.45 * 0.9), Hotline.ThreeRates(1, 0.8, 0.9)!.Value, 1e-9);
        Assert.Null(Hotline.ThreeRates(1, 0.8, null));
    }

    [Fact]
    public void Baseline_Counts_AreMeasuredAgainstTheSameHour()
    {
        Assert.Equal(6 / Math.Sqrt(2), Baseline.Z(16, [8, 10, 12, 10])!.Value, 1e-9);
        Assert.Equal(5, Baseline.Z(15, [10, 10, 10])); // s is 1 at least
        Assert.Null(Baseline.Z(15, [10, 10]));
        Assert.Null(Baseline.Z(4, [0, 0, 0]));
        Assert.Equal(4, Baseline.Burst(11, 3));
    }
}
