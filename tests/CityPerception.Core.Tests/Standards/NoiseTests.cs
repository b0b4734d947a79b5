using CityPerception.Core.Standards;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class NoiseTests
{
    private static readonly Gen<double[]> Levels = Gen.Int[300, 1100].Select(tenths => tenths / 10.0).Array[1, 60];

    // Sums of levels as any table of them has it: equal levels stay, 60 and 70 are 67.4, and of 90 against 80 half the
    // energy is lacking.
    [Theory]
    [InlineData(new double[] { 60, 60, 60 }, 60)]
    [InlineData(new double[] { 60, 70 }, 67.40)]
    [InlineData(new double[] { 80, 90 }, 87.40)]
    [InlineData(new double[] { 50, 50, 50, 50, 50, 50, 50, 50, 50, 90 }, 80.00)]
    public void Leq_EqualTimes_IsTheEnergyMean(double[] levels, double leq) => Assert.Equal(leq, Noise.Leq(levels)!.Value, 0.005);

    [Fact]
    public void Leq_NoLevels_IsNone() => Assert.Null(Noise.Leq([]));

    [Fact]
    public void Leq_AnyLevels_LiesBetweenTheirMeanAndTheLargestInAnyOrder() => Levels.Sample(levels =>
    {
        double leq = Noise.Leq(levels)!.Value;
        Assert.InRange(leq, levels.Average() - 1e-9, levels.Max() + 1e-9);
        Assert.Equal(leq, Noise.Leq([.. levels.Reverse()])!.Value, 1e-9);
    });

    // A night of 10 dB less weighs as much as the day.
    [Theory]
    [InlineData(60, 50, 60)]
    [InlineData(60, 60, 66.02)]
    [InlineData(70, 55, 68.88)]
    public void Ldn_DayAndNight_NightCountsTenMore(double ld, double ln, double ldn) => Assert.Equal(ldn, Noise.Ldn(ld, ln), 0.005);

    [Fact]
    public void Ldn_ImpossibleHours_AreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Noise.Ldn(60, 50, 25));

    // GB/T 3222-94: of 100 readings in falling order the 10th, 50th and 90th.
    [Theory]
    [InlineData(10, 91)]
    [InlineData(50, 51)]
    [InlineData(90, 11)]
    [InlineData(100, 1)]
    [InlineData(10.5, 90.5)]
    public void Percentile_OfAHundred_IsTheOneOfThatRank(double percent, double level)
    {
        double[] falling = [.. Enumerable.Range(1, 100).Select(i => (double)i).Reverse()];
        Assert.Equal(level, Noise.Percentile(falling, percent)!.Value, 1e-9);
    }

    // GB 3096-2008, table 1.
    [Theory]
    [InlineData("0", 50, 40)]
    [InlineData("1", 55, 45)]
    [InlineData("2", 60, 50)]
    [InlineData("3", 65, 55)]
    [InlineData("4a", 70, 55)]
    [InlineData("4B", 70, 60)]
    public void Limits_OfAClass_AreTheTables(string areaClass, int day, int night) => Assert.Equal(new NoiseLimit(day, night), NoiseLimits.Of(areaClass));

    [Theory]
    [InlineData("")]
    [InlineData("4")]
    [InlineData("5")]
    public void Limits_OfNoClass_AreNone(string areaClass) => Assert.Null(NoiseLimits.Of(areaClass));

    [Theory]
    [InlineData(60.0, true, 0)]
    [InlineData(60.04, true, 0)]
    [InlineData(60.05, true, 0)] // 60.0 by GB/T 8170
    [InlineData(60.06, false, 0.1)]
    [InlineData(59, true, -1)]
    public void Over_DayOfClass2_IsWhatIsAbove60(double level, bool isMet, double over)
    {
        NoiseLimit limit = NoiseLimits.Of("2")!.Value;
        Assert.Equal((isMet, over), (limit.IsMet(level, NoisePeriod.Day), limit.Over(level, NoisePeriod.Day)));
    }

    [Theory]
    [InlineData(65, false)]
    [InlineData(65.1, true)]
    public void IsTooSudden_NightOfClass2_BeyondFifteenOver50(double lmax, bool isTooSudden) => Assert.Equal(isTooSudden, NoiseLimits.Of("2")!.Value.IsTooSudden(lmax));

    [Theory]
    [InlineData("05:59", NoisePeriod.Night)]
    [InlineData("06:00", NoisePeriod.Day)]
    [InlineData("21:59", NoisePeriod.Day)]
    [InlineData("22:00", NoisePeriod.Night)]
    public void Period_OfATime_IsDayFromSixToTen(string time, NoisePeriod period) =>
        Assert.Equal(period, NoiseHours.Default.Of(TimeOnly.ParseExact(time, "HH:mm", System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void NightOf_TimeAfterMidnight_IsTheEveningBefore()
    {
        Assert.Equal(new DateOnly(2026, 11, 24), NoiseHours.Default.NightOf(new DateTime(2026, 11, 25, 5, 59, 0)));
        Assert.Equal(new DateOnly(2026, 11, 25), NoiseHours.Default.NightOf(new DateTime(2026, 11, 25, 22, 0, 0)));
        Assert.Equal(16, NoiseHours.Default.DayLength);
    }
}
