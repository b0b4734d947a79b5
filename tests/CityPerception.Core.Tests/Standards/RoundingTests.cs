using CityPerception.Core.Standards;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class RoundingTests
{
    // The examples of GB/T 8170-2008, 3.2, and of its predecessor's explanations.
    [Theory]
    [InlineData(12.1498, 0, 12)]
    [InlineData(12.1498, 1, 12.1)]
    [InlineData(10.5002, 0, 11)]
    [InlineData(1.050, 1, 1.0)]
    [InlineData(0.35, 1, 0.4)]
    [InlineData(28.175, 2, 28.18)]
    [InlineData(28.165, 2, 28.16)]
    [InlineData(28.2645, 1, 28.3)]
    [InlineData(28.2501, 1, 28.3)]
    [InlineData(28.350, 1, 28.4)]
    [InlineData(28.250, 1, 28.2)]
    [InlineData(28.050, 1, 28.0)]
    [InlineData(2.154546, 2, 2.15)]
    [InlineData(-0.0365, 3, -0.036)]
    [InlineData(0.5, 0, 0)]
    [InlineData(1.5, 0, 2)]
    [InlineData(2.5, 0, 2)]
    [InlineData(60.5, 0, 60)]
    public void HalfToEven_ExamplesOfTheStandard_AreRoundedSo(double value, int decimals, double rounded) =>
        Assert.Equal(rounded, Rounding.HalfToEven(value, decimals), 1e-12);

    [Fact]
    public void HalfToEven_DecimalNumbers_RoundsAsDecimalArithmeticDoes() =>
        Gen.Select(Gen.Int[-10_000_000, 10_000_000], Gen.Int[0, 4]).Sample((number, decimals) =>
        {
            decimal exact = number / 10_000m;
            Assert.Equal((double)Math.Round(exact, decimals, MidpointRounding.ToEven), Rounding.HalfToEven((double)exact, decimals), 1e-9);
        });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void HalfToEven_WhatHasNoFraction_StaysWhatItIs(double value) => Assert.Equal(value, Rounding.HalfToEven(value, 3));
}
