using CityPerception.Core.Standards;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class AirQualityIndexTests
{
    private static readonly int[] Ends = [0, 50, 100, 150, 200, 300, 400, 500];

    private static readonly Gen<AirPollutant> Pollutant = Gen.Enum<AirPollutant>();
    private static readonly Gen<AirPeriod> Period = Gen.Enum<AirPeriod>();
    private static readonly Gen<AirEdition> Edition = Gen.Enum<AirEdition>();

    // HJ 633-2026 and HJ 633-2012, table 1: each column as a whole.
    [Theory]
    [InlineData(AirPollutant.Pm25, AirPeriod.Day, AirEdition.Of2026, new double[] { 0, 35, 60, 115, 150, 250, 350, 500 })]
    [InlineData(AirPollutant.Pm25, AirPeriod.Hour, AirEdition.Of2026, new double[] { 0, 35, 60, 115, 150, 250, 350, 500 })]
    [InlineData(AirPollutant.Pm25, AirPeriod.Day, AirEdition.Of2012, new double[] { 0, 35, 75, 115, 150, 250, 350, 500 })]
    [InlineData(AirPollutant.Pm10, AirPeriod.Hour, AirEdition.Of2026, new double[] { 0, 50, 120, 250, 350, 420, 500, 600 })]
    [InlineData(AirPollutant.Pm10, AirPeriod.Day, AirEdition.Of2012, new double[] { 0, 50, 150, 250, 350, 420, 500, 600 })]
    [InlineData(AirPollutant.So2, AirPeriod.Day, AirEdition.Of2026, new double[] { 0, 50, 150, 475, 800, 1600, 2100, 2620 })]
    [InlineData(AirPollutant.So2, AirPeriod.Hour, AirEdition.Of2026, new double[] { 0, 150, 500, 650, 800 })]
    [InlineData(AirPollutant.No2, AirPeriod.Day, AirEdition.Of2026, new double[] { 0, 40, 80, 180, 280, 565, 750, 940 })]
    [InlineData(AirPollutant.No2, AirPeriod.Hour, AirEdition.Of2012, new double[] { 0, 100, 200, 700, 1200, 2340, 3090, 3840 })]
    [InlineData(AirPollutant.Co, AirPeriod.Day, AirEdition.Of2026, new double[] { 0, 2, 4, 14, 24, 36, 48, 60 })]
    [InlineData(AirPollutant.Co, AirPeriod.Hour, AirEdition.Of2026, new double[] { 0, 5, 10, 35, 60, 90, 120, 150 })]
    [InlineData(AirPollutant.O3, AirPeriod.Hour, AirEdition.Of2026, new double[] { 0, 160, 200, 300, 400, 800, 1000, 1200 })]
    [InlineData(AirPollutant.O3, AirPeriod.EightHours, AirEdition.Of2026, new double[] { 0, 100, 160, 215, 265, 800 })]
    public void SubIndex_AtTheBreakpoints_IsTheTables(AirPollutant pollutant, AirPeriod period, AirEdition edition, double[] column)
    {
        for (int i = 0; i < column.Length; i++) Assert.Equal(Ends[i], AirQualityIndex.SubIndex(pollutant, period, column[i], edition));
    }

    // 2026: values that three public implementations of the regulation agree on (aqi-hub 0.3, and two test suites of
    // reporting tools). 2012: what the national network showed, by way of pm25.in: Yinchuan (PM2.5 81: 108), Lijiang
    // 2017-03-16 (O3 of 8 h 89: 45), Shanghai 2015-02-02 15:00 (PM2.5 26: 38), Zhuhai Jida 2013-03-07 19:00 (PM2.5 of 24 h 60: 82).
    [Theory]
    [InlineData(AirPollutant.Pm25, AirPeriod.Hour, 75, AirEdition.Of2026, 114)]
    [InlineData(AirPollutant.Pm25, AirPeriod.Hour, 59, AirEdition.Of2026, 98)]
    [InlineData(AirPollutant.Pm25, AirPeriod.Day, 60.5, AirEdition.Of2026, 100)]
    [InlineData(AirPollutant.Pm25, AirPeriod.Day, 60.6, AirEdition.Of2026, 101)]
    [InlineData(AirPollutant.Pm10, AirPeriod.Hour, 150, AirEdition.Of2026, 112)]
    [InlineData(AirPollutant.Pm10, AirPeriod.Hour, 118, AirEdition.Of2026, 99)]
    [InlineData(AirPollutant.Pm25, AirPeriod.Hour, 81, AirEdition.Of2012, 108)]
    [InlineData(AirPollutant.O3, AirPeriod.EightHours, 89, AirEdition.Of2012, 45)]
    [InlineData(AirPollutant.Pm25, AirPeriod.Hour, 26, AirEdition.Of2012, 38)]
    [InlineData(AirPollutant.Pm25, AirPeriod.Day, 60, AirEdition.Of2012, 82)]
    [InlineData(AirPollutant.Co, AirPeriod.Hour, 0.8, AirEdition.Of2026, 8)]
    [InlineData(AirPollutant.Co, AirPeriod.Hour, 0.85, AirEdition.Of2026, 8)] // 0.8 by GB/T 8170
    public void SubIndex_PublishedValue_IsThatPublished(AirPollutant pollutant, AirPeriod period, double concentration, AirEdition edition, int index) =>
        Assert.Equal(index, AirQualityIndex.SubIndex(pollutant, period, concentration, edition));

    [Theory]
    [InlineData(AirPollutant.So2, AirPeriod.Hour, 900, 200)]
    [InlineData(AirPollutant.O3, AirPeriod.EightHours, 900, 300)]
    public void SubIndex_BeyondAShortColumn_EndsIn2026AndIsNoneIn2012(AirPollutant pollutant, AirPeriod period, double concentration, int index)
    {
        Assert.Equal(index, AirQualityIndex.SubIndex(pollutant, period, concentration));
        Assert.Null(AirQualityIndex.SubIndex(pollutant, period, concentration, AirEdition.Of2012));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void SubIndex_NoConcentration_IsNone(double concentration) => Assert.Null(AirQualityIndex.SubIndex(AirPollutant.Pm25, AirPeriod.Hour, concentration));

    [Fact]
    public void SubIndex_PeriodWithoutAColumn_IsNone()
    {
        Assert.Null(AirQualityIndex.SubIndex(AirPollutant.Pm25, AirPeriod.EightHours, 10));
        Assert.Null(AirQualityIndex.SubIndex(AirPollutant.O3, AirPeriod.Day, 10));
    }

    [Fact]
    public void SubIndex_AnyConcentration_GrowsWithItInSmallStepsWithin500() =>
        Gen.Select(Pollutant, Period, Edition, Gen.Int[0, 3000]).Sample((pollutant, period, edition, c) =>
        {
            // A step of what concentrations are rounded to moves the index by less than 8 (PM2.5 is the steepest, but for CO).
            double step = pollutant == AirPollutant.Co ? 0.1 : 1, at = c * step / 2;
            if (AirQualityIndex.SubIndex(pollutant, period, at, edition) is not { } here || AirQualityIndex.SubIndex(pollutant, period, at + step, edition) is not { } next) return;
            Assert.InRange(here, 0, 500);
            Assert.InRange(next - here, 0, 8);
        });

    [Fact]
    public void OfHour_Yinchuan_IsWhatTheNetworkShowed()
    {
        AirIndex index = AirQualityIndex.OfHour(new(Pm25: 81, Pm10: 121, So2: 17, No2: 49, Co: 1.9, O3: 9), AirEdition.Of2012)!.Value;
        Assert.Equal((108, "轻度污染", AirPollutants.Pm25), (index.Aqi, index.Category.Names.Zh, index.Primary));
        Assert.Equal(new AirSubIndices(108, 86, 6, 25, 19, 3), index.SubIndices);
    }

    [Fact]
    public void OfHour_SeveralLargest_AreAllPrimary()
    {
        AirIndex index = AirQualityIndex.OfHour(new(Pm25: 60, Pm10: 120, So2: 1))!.Value;
        Assert.Equal((100, AirPollutants.Pm25 | AirPollutants.Pm10), (index.Aqi, index.Primary));
        Assert.Equal(["PM2.5", "PM10"], index.Primary.Each().Select(p => p.Name().En));
    }

    [Fact]
    public void OfHour_UpTo50_HasNoPrimaryPollutant()
    {
        AirIndex index = AirQualityIndex.OfHour(new(Pm25: 35, Pm10: 50, So2: 150, No2: 100, Co: 5, O3: 160))!.Value;
        Assert.Equal((50, AirPollutants.None, 1), (index.Aqi, index.Primary, index.Category.Level));
    }

    [Fact]
    public void OfHour_SulfurAbove800In2012_GoesByTheDay()
    {
        Assert.Equal(160, AirQualityIndex.OfHour(new(So2: 900, So2Day: 540), AirEdition.Of2012)!.Value.Aqi);
        Assert.Null(AirQualityIndex.OfHour(new(So2: 900), AirEdition.Of2012));
        Assert.Equal(200, AirQualityIndex.OfHour(new(So2: 900, So2Day: 540))!.Value.Aqi);
    }

    [Fact]
    public void OfDay_OzoneAbove800In2012_GoesByTheHour()
    {
        Assert.Equal(350, AirQualityIndex.OfDay(new(O3: 850, O3Hour: 900), AirEdition.Of2012)!.Value.Aqi);
        Assert.Equal(300, AirQualityIndex.OfDay(new(O3: 850, O3Hour: 900))!.Value.Aqi);
        Assert.Equal(200, AirQualityIndex.OfDay(new(O3: 200, O3Hour: 400), AirEdition.Of2012)!.Value.Aqi);
    }

    [Fact]
    public void OfHour_NothingMeasured_IsNone() => Assert.Null(AirQualityIndex.OfHour(default));

    [Fact]
    public void OfDay_AnyConcentrations_IsTheLargestSubIndexAndItsOwners() =>
        Gen.Double[-10, 900].Array[6].Sample(c =>
        {
            AirIndex? index = AirQualityIndex.OfDay(new(c[0], c[1], c[2], c[3], c[4], c[5]));
            int? largest = Enum.GetValues<AirPollutant>().Max(p =>
                AirQualityIndex.SubIndex(p, p == AirPollutant.O3 ? AirPeriod.EightHours : AirPeriod.Day, c[(int)p]));
            Assert.Equal(largest, index?.Aqi);
            if (index is not { } i) return;
            Assert.Equal(i.Aqi > 50, i.Primary != AirPollutants.None);
            Assert.All(i.Primary.Each(), p => Assert.Equal(i.Aqi, i.SubIndices.Of(p)));
        });

    // HJ 633, table 2.
    [Theory]
    [InlineData(0, 1, "优", "green")]
    [InlineData(50, 1, "优", "green")]
    [InlineData(51, 2, "良", "yellow")]
    [InlineData(100, 2, "良", "yellow")]
    [InlineData(101, 3, "轻度污染", "orange")]
    [InlineData(151, 4, "中度污染", "red")]
    [InlineData(201, 5, "重度污染", "purple")]
    [InlineData(300, 5, "重度污染", "purple")]
    [InlineData(301, 6, "严重污染", "maroon")]
    [InlineData(500, 6, "严重污染", "maroon")]
    public void Category_OfAnIndex_IsTheTables(int aqi, int level, string name, string color)
    {
        AirCategory category = AirCategory.Of(aqi);
        Assert.Equal((level, name, color), (category.Level, category.Names.Zh, category.Color.En));
    }
}
