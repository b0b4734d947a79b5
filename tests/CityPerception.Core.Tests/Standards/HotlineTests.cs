using CityPerception.Core.Standards;
using CityPerception.Core.Standards.Partials;

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
        Assert.Equal(isConnected, Hotline.IsConnected(new RatioPartial(answered, offered)));

    [Fact]
    public void WorstOfDay_BadNightBetweenGoodDays_IsTheStretchOver24Hours()
    {
        // Good civil days, but for the hours around a midnight.
        RatioPartial[] hours = [.. Enumerable.Range(0, 48).Select(h => new RatioPartial(h is >= 20 and < 28 ? 8 : 10, 10))];
        RatioPartial worst = Hotline.WorstOfDay(hours)!.Value;
        Assert.Equal(new RatioPartial(224, 240), worst);
        Assert.False(Hotline.IsConnected(worst));
        Assert.True(Hotline.IsConnected(Partial.CombineAll(hours[..24])));
    }

    [Fact]
    public void WorstOfDay_LessThanADayOrNoCalls_IsNone()
    {
        Assert.Null(Hotline.WorstOfDay(new RatioPartial[23]));
        Assert.Null(Hotline.WorstOfDay(new RatioPartial[24]));
    }

    [Theory]
    [InlineData(24.0, 1)]
    [InlineData(24.1, 0)]
    [InlineData(null, 0)]
    public void Response_Hours_MustBe24(double? hours, double num) => Assert.Equal(new RatioPartial(num, 1), Hotline.Response(hours));

    [Theory]
    [InlineData(5, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(2, 0, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(6, 0, 0)]
    public void Satisfaction_Grades_AreSatisfiedFromThree(int grade, double num, double den) => Assert.Equal(new RatioPartial(num, den), Hotline.Satisfaction(grade));

    [Fact]
    public void ThreeRates_OneMissing_IsNone()
    {
        Assert.Equal(0.1 + (0.45 * 0.8) + (0.45 * 0.9), Hotline.ThreeRates(new(1, 1), new(8, 10), new(9, 10))!.Value, 1e-9);
        Assert.Null(Hotline.ThreeRates(new(1, 1), new(8, 10), default));
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
