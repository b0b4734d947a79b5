using CityPerception.Core.Schema;

namespace CityPerception.Core.Tests.Schema;

public class UnitsTests
{
    /// <summary>Exact: no binary fraction may creep into a factor.</summary>
    [Theory]
    [InlineData("mg/m3", "ug/m3", 1000, 0)]
    [InlineData("ug/m3", "mg/m3", 0.001, 0)]
    [InlineData("ng/m3", "ug/m3", 0.001, 0)]
    [InlineData("ug/L", "mg/L", 0.001, 0)]
    [InlineData("mg/L", "ug/m3", 1_000_000, 0)]
    [InlineData("K", "Cel", 1, -273.15)]
    [InlineData("degC", "Cel", 1, 0)]
    [InlineData("Cel", "degF", 1.8, 32)]
    [InlineData("degF", "Cel", 5.0 / 9, -160.0 / 9)]
    [InlineData("hPa", "kPa", 0.1, 0)]
    [InlineData("Pa", "kPa", 0.001, 0)]
    [InlineData("mmHg", "kPa", 0.133322387415, 0)]
    [InlineData("mm", "cm", 0.1, 0)]
    [InlineData("1", "%", 100, 0)]
    [InlineData("mV", "V", 0.001, 0)]
    [InlineData("m3/h", "L/s", 1000.0 / 3600, 0)]
    [InlineData("m3/h", "m3/s", 1.0 / 3600, 0)]
    [InlineData("mS/m", "uS/cm", 10, 0)]
    [InlineData("mS/cm", "uS/cm", 1000, 0)]
    [InlineData("km/h", "m/s", 1 / 3.6, 0)]
    [InlineData("ms", "s", 0.001, 0)]
    [InlineData("d", "h", 24, 0)]
    [InlineData("亿元", "万元", 10_000, 0)]
    [InlineData("元", "万元", 0.0001, 0)]
    [InlineData("kW", "W", 1000, 0)]
    [InlineData("度", "kWh", 1, 0)]
    [InlineData("µg/m³", "ug/m3", 1, 0)]
    [InlineData("dBm", "dBm", 1, 0)]
    public void TryConversion_OfOneDimension_IsExact(string from, string to, double scale, double offset)
    {
        Assert.True(Units.TryConversion(from, to, out double actualScale, out double actualOffset));
        Assert.Equal((scale, offset), (actualScale, actualOffset));
    }

    [Theory]
    [InlineData("mg/m3", "ppm")]
    [InlineData("dB", "dB(A)")]
    [InlineData("工作日", "d")]
    [InlineData("m", "m2")]
    [InlineData("NTU", "mg/L")]
    [InlineData("furlong", "m")]
    [InlineData("m", "furlong")]
    public void TryConversion_OfDifferentThings_IsRefused(string from, string to) =>
        Assert.False(Units.TryConversion(from, to, out _, out _));

    [Theory]
    [InlineData("ug/m^3", "ug/m3")]
    [InlineData("mg/l", "mg/L")]
    [InlineData("kpa", "kPa")]
    [InlineData("us/cm", "uS/cm")]
    [InlineData("db(a)", "dB(A)")]
    [InlineData("hpa", "hPa")]
    [InlineData("furlong", null)]
    public void Closest_OfAnUnknownUnit_IsWhatWasMeant(string name, string? expected)
    {
        Assert.Null(Units.Find(name));
        Assert.Equal(expected, Units.Closest(name));
    }

    [Fact]
    public void TryConversion_ThereAndBack_LeavesTheValue()
    {
        foreach (string from in Units.Names)
        {
            foreach (string to in Units.ConvertibleWith(Units.Find(from)!))
            {
                Assert.True(Units.TryConversion(from, to, out double scale, out double offset));
                Assert.True(Units.TryConversion(to, from, out double back, out double backOffset));
                Assert.Equal(37.25, (37.25 * scale + offset) * back + backOffset, 1e-9);
            }
        }
    }
}
