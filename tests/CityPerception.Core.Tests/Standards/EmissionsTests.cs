using System.Text;
using CityPerception.Core.Standards;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class EmissionsTests
{
    // HJ 212-2017, table 8; 3 and 1 of HJ/T 212-2005.
    [Theory]
    [InlineData("N", true)]
    [InlineData("n", true)]
    [InlineData("3", true)]
    [InlineData("1", true)]
    [InlineData("F", false)]
    [InlineData("M", false)]
    [InlineData("S", false)]
    [InlineData("D", false)]
    [InlineData("C", false)]
    [InlineData("T", false)]
    [InlineData("B", false)]
    [InlineData("P", false)]
    [InlineData("0", false)]
    [InlineData("2", false)]
    [InlineData("NN", false)]
    public void IsUsable_Flags_OnlyNormalOnesEnterMeans(string flag, bool isUsable) => Assert.Equal(isUsable, DataFlags.IsUsable(Encoding.UTF8.GetBytes(flag)));

    [Fact]
    public void IsUsable_NoFlag_IsAsConfigured()
    {
        Assert.True(DataFlags.IsUsable([]));
        Assert.False(DataFlags.IsUsable([], withoutFlag: false));
    }

    // 100 mg/m3 at 12 % oxygen are 133.3 at the 9 % of a grate, 166.7 at the 6 % of a coal boiler.
    [Theory]
    [InlineData(100, 12, 9, 133.333)]
    [InlineData(100, 12, 6, 166.667)]
    [InlineData(35, 6, 6, 35)]
    [InlineData(50, 3.5, 3.5, 50)]
    [InlineData(50, 0, 3.5, 41.667)]
    public void AtReferenceOxygen_Measured_IsConverted(double measured, double oxygen, double reference, double converted) =>
        Assert.Equal(converted, Emissions.AtReferenceOxygen(measured, oxygen, reference)!.Value, 0.001);

    [Theory]
    [InlineData(21)]
    [InlineData(20.95 + 0.1)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void AtReferenceOxygen_AirOrNoOxygen_IsNone(double oxygen)
    {
        Assert.Null(Emissions.AtReferenceOxygen(100, oxygen, 6));
        Assert.Null(Emissions.ExcessAir(oxygen));
    }

    [Fact]
    public void AtReferenceOxygen_AnyOxygen_IsTheRatioOfExcessAir() => Gen.Select(Gen.Double[0, 1000], Gen.Double[0, 20], Gen.Double[1, 18]).Sample((c, oxygen, reference) =>
    {
        double byAir = c * Emissions.ExcessAir(oxygen)!.Value / Emissions.ExcessAir(reference)!.Value;
        Assert.Equal(byAir, Emissions.AtReferenceOxygen(c, oxygen, reference)!.Value, 1e-6 * Math.Max(1, c));
    });

    // 273 K and 101.325 kPa leave it; at 136.5 °C there is half as much gas in a cubic metre again, and a tenth of water.
    [Fact]
    public void ToStandardDry_Gas_IsThatOfTheStandardState()
    {
        Assert.Equal(100, Emissions.ToStandardDry(100, 0, 101.325, 0)!.Value, 1e-9);
        Assert.Equal(100 * 1.5 / 0.9, Emissions.ToStandardDry(100, 136.5, 101.325, 0.1)!.Value, 1e-9);
        Assert.Null(Emissions.ToStandardDry(100, 0, 0, 0));
        Assert.Null(Emissions.ToStandardDry(100, 0, 101.325, 1));
        Assert.Null(Emissions.ToStandardDry(double.NaN, 0, 101.325, 0));
    }

    [Fact]
    public void KilogramsPerHour_Flow_IsMilligramsTimesCubicMetres() => Assert.Equal(3.5, Emissions.KilogramsPerHour(35, 100_000));

    [Theory]
    [InlineData(35, 35, false, 0)]
    [InlineData(35.01, 35, true, 0)]
    [InlineData(80.5, 35, true, 1.3)]
    [InlineData(28, 35, false, -0.2)]
    public void IsExceeded_HourlyMean_IsWhatIsAboveTheLimit(double mean, double limit, bool isExceeded, double multiple)
    {
        Assert.Equal(isExceeded, Emissions.IsExceeded(mean, limit));
        Assert.Equal(multiple, Emissions.Multiple(mean, limit), 1e-9);
    }

    [Fact]
    public void EffectiveTransmission_DayOfASource_IsTransmittedTimesValid()
    {
        // 23 of 24 hours came, 22 of them are valid.
        Assert.Equal(23 / 24.0 * (22 / 23.0), Emissions.EffectiveTransmission(24, 23, 22)!.Value, 1e-12);
        Assert.Null(Emissions.EffectiveTransmission(0, 0, 0));
        Assert.Throws<ArgumentException>(() => Emissions.EffectiveTransmission(24, 25, 22));
    }
}
