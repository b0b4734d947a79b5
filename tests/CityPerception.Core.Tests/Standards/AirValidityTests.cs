using CityPerception.Core.Standards;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class AirValidityTests
{
    private static readonly Gen<double> Mean = Gen.OneOf(Gen.Double[0, 300], Gen.Double[0, 300], Gen.Const(double.NaN));

    [Theory]
    [InlineData(45, 1, true)]
    [InlineData(44, 1, false)]
    [InlineData(9, 5, true)]
    [InlineData(8, 5, false)]
    [InlineData(0, 5, false)]
    public void Hour_Samples_MustCover45Minutes(long count, double minutes, bool isValid) =>
        Assert.Equal(isValid ? 2 : null, AirValidity.Hour(2 * count, count, minutes));

    [Theory]
    [InlineData(20, true)]
    [InlineData(19, false)]
    public void Day_Hours_MustBe20(int count, bool isValid) => Assert.Equal(isValid ? 7 : null, AirValidity.Day(Hours(24, i => i < count ? 7 : double.NaN)));

    [Theory]
    [InlineData(6, true)]
    [InlineData(5, false)]
    public void EightHours_Hours_MustBe6(int count, bool isValid) => Assert.Equal(isValid ? 7 : null, AirValidity.EightHours(Hours(8, i => i < count ? 7 : double.NaN)));

    [Fact]
    public void OzoneOfDay_Rise_IsTheMeanOfTheLastEightHours() => Assert.Equal(20.5, AirValidity.OzoneOfDay(Hours(24, i => i + 1)));

    // 14 of the 17 windows need six hours each: an outage of 5 hours in the morning leaves too few.
    [Theory]
    [InlineData(0, 2, true)]
    [InlineData(0, 5, true)]
    [InlineData(0, 6, false)]
    [InlineData(10, 4, false)]
    public void OzoneOfDay_Outage_NeedsFourteenWindows(int first, int length, bool isValid)
    {
        double[] hours = Hours(24, i => i >= first && i < first + length ? double.NaN : 100);
        Assert.Equal(isValid, AirValidity.OzoneOfDay(hours) is not null);
        // Exceeded is exceeded, whatever is missing.
        Assert.NotNull(AirValidity.OzoneOfDay([.. hours.Select(h => h * 2)]));
    }

    [Fact]
    public void OzoneOfDay_AnyHours_IsTheLargestOfTheValidWindows() => Mean.Array[24].Sample(hours =>
    {
        double[] windows = [.. Enumerable.Range(0, 17).Select(i => hours[i..(i + 8)]).Where(w => w.Count(h => !double.IsNaN(h)) >= 6)
            .Select(w => w.Where(h => !double.IsNaN(h)).Average())];
        double? wanted = windows.Length >= 14 || windows.Any(w => Math.Round(w) > 160) ? windows.Max() : null;
        Assert.Equal(wanted ?? -1, AirValidity.OzoneOfDay(hours) ?? -1, 1e-9);
    });

    [Fact]
    public void OfStations_LessThanThreeQuarters_IsNone()
    {
        Assert.Equal(30, AirValidity.OfStations([20, 30, 40, double.NaN]));
        Assert.Null(AirValidity.OfStations([20, 30, double.NaN, double.NaN]));
        Assert.Null(AirValidity.OfStations([]));
    }

    // A city's index is that of its mean concentrations: two stations of 35 and 115 are one of 75, not of index 100.
    [Fact]
    public void OfStations_TwoStations_AreMeanedBeforeTheIndex()
    {
        double mean = AirValidity.OfStations([35, 115])!.Value;
        Assert.Equal(114, AirQualityIndex.OfDay(new(Pm25: mean))!.Value.Aqi);
    }

    [Theory]
    [InlineData(2, 25, true)]
    [InlineData(2, 24, false)]
    [InlineData(3, 27, true)]
    [InlineData(3, 26, false)]
    public void IsMonthValid_Days_MustBe27And25InFebruary(int month, int days, bool isValid) => Assert.Equal(isValid, AirValidity.IsMonthValid(month, days));

    // GB 3095-2012 and GB 3095-2026 (until 2030, and from 2031 on), table 1, grade 2.
    [Theory]
    [InlineData(AirPollutant.Pm25, AirPeriod.Day, 75, 60, 50)]
    [InlineData(AirPollutant.Pm10, AirPeriod.Day, 150, 120, 100)]
    [InlineData(AirPollutant.So2, AirPeriod.Day, 150, 150, 50)]
    [InlineData(AirPollutant.So2, AirPeriod.Hour, 500, 500, 150)]
    [InlineData(AirPollutant.No2, AirPeriod.Day, 80, 80, 50)]
    [InlineData(AirPollutant.Co, AirPeriod.Hour, 10, 10, 10)]
    [InlineData(AirPollutant.O3, AirPeriod.EightHours, 160, 160, 160)]
    [InlineData(AirPollutant.O3, AirPeriod.Hour, 200, 200, 200)]
    public void Limits_OfGrade2_AreTheTables(AirPollutant pollutant, AirPeriod period, double of2012, double until2030, double from2031)
    {
        Assert.Equal(of2012, AirLimits.Of(pollutant, period, 2, new(2031, 1, 1), AirEdition.Of2012));
        Assert.Equal(until2030, AirLimits.Of(pollutant, period, 2, new(2030, 12, 31)));
        Assert.Equal(from2031, AirLimits.Of(pollutant, period, 2, new(2031, 1, 1)));
    }

    // GB 3095 and HJ 633 are made for each other: the limit of grade 2 is an index of 100 until 2030.
    [Fact]
    public void Limits_OfGrade2_AreAnIndexOf100()
    {
        foreach (AirEdition edition in Enum.GetValues<AirEdition>())
        {
            foreach (AirPollutant pollutant in Enum.GetValues<AirPollutant>())
            {
                foreach (AirPeriod period in Enum.GetValues<AirPeriod>())
                {
                    if (AirLimits.Of(pollutant, period, 2, new(2026, 6, 1), edition) is { } limit)
                        Assert.Equal(100, AirQualityIndex.SubIndex(pollutant, period, limit, edition));
                }
            }
        }
    }

    [Fact]
    public void Limits_OfAnotherGrade_AreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => AirLimits.Of(AirPollutant.Co, AirPeriod.Day, 3, default));

    private static double[] Hours(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
}
