using CityPerception.Core.Standards;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class SurfaceWaterTests
{
    private static readonly Gen<WaterItem> Item = Gen.Enum<WaterItem>();
    private static readonly Gen<WaterBody> Body = Gen.Enum<WaterBody>();
    private static readonly Gen<WaterReading> Reading = Gen.Select(Item, Gen.Double[0, 20]).Select(r => new WaterReading(r.Item1, r.Item2));

    // GB 3838-2002, table 1: at each limit, and just past it.
    [Theory]
    [InlineData(WaterItem.Permanganate, WaterBody.River, 2, 1)]
    [InlineData(WaterItem.Permanganate, WaterBody.River, 2.1, 2)]
    [InlineData(WaterItem.Permanganate, WaterBody.River, 15, 5)]
    [InlineData(WaterItem.Permanganate, WaterBody.River, 15.1, 6)]
    [InlineData(WaterItem.Cod, WaterBody.River, 15, 1)] // I and II share the limit: the better
    [InlineData(WaterItem.Cod, WaterBody.River, 15.1, 3)]
    [InlineData(WaterItem.Ammonia, WaterBody.River, 0.15, 1)]
    [InlineData(WaterItem.Ammonia, WaterBody.River, 1.0, 3)]
    [InlineData(WaterItem.Ammonia, WaterBody.River, 1.01, 4)]
    [InlineData(WaterItem.Ammonia, WaterBody.River, 2.01, 6)]
    [InlineData(WaterItem.Phosphorus, WaterBody.River, 0.2, 3)]
    [InlineData(WaterItem.Phosphorus, WaterBody.Lake, 0.2, 5)]
    [InlineData(WaterItem.Phosphorus, WaterBody.Lake, 0.05, 3)]
    [InlineData(WaterItem.Nitrogen, WaterBody.Lake, 1.2, 4)]
    [InlineData(WaterItem.DissolvedOxygen, WaterBody.River, 7.5, 1)]
    [InlineData(WaterItem.DissolvedOxygen, WaterBody.River, 7.4, 2)]
    [InlineData(WaterItem.DissolvedOxygen, WaterBody.River, 5, 3)]
    [InlineData(WaterItem.DissolvedOxygen, WaterBody.River, 2, 5)]
    [InlineData(WaterItem.DissolvedOxygen, WaterBody.River, 1.9, 6)]
    [InlineData(WaterItem.Ph, WaterBody.River, 6, 1)]
    [InlineData(WaterItem.Ph, WaterBody.River, 9, 1)]
    [InlineData(WaterItem.Ph, WaterBody.River, 9.01, 6)]
    [InlineData(WaterItem.Ph, WaterBody.River, 5.99, 6)]
    [InlineData(WaterItem.Mercury, WaterBody.River, 0.00005, 1)]
    [InlineData(WaterItem.Mercury, WaterBody.River, 0.00006, 3)]
    [InlineData(WaterItem.Coliform, WaterBody.River, 10_000, 3)]
    public void ClassOf_ValuesOfTheTable_IsTheirClass(WaterItem item, WaterBody body, double value, int itsClass) =>
        Assert.Equal(itsClass, SurfaceWater.ClassOf(item, value, body));

    [Fact]
    public void ClassOf_MeanOfValuesAtTheLimit_KeepsIt() => Assert.Equal(3, SurfaceWater.ClassOf(WaterItem.Phosphorus, (0.2 + 0.2 + 0.2) / 3, WaterBody.River));

    [Fact]
    public void ClassOf_WhatHasNone_IsNone()
    {
        Assert.Null(SurfaceWater.ClassOf(WaterItem.Nitrogen, 5, WaterBody.River));
        Assert.Null(SurfaceWater.ClassOf(WaterItem.Cod, double.NaN, WaterBody.River));
        Assert.Null(SurfaceWater.ClassOf(WaterItem.Cod, -1, WaterBody.River));
    }

    // Warm water holds less: 6.9 mg/L of 30 °C are 90.8 % of what it can.
    [Fact]
    public void ClassOf_SaturatedWarmWater_IsTheFirst()
    {
        double saturation = 100 * 6.9 / SurfaceWater.SaturatedOxygen(30);
        Assert.Equal(90.8, saturation, 0.05);
        Assert.Equal(2, SurfaceWater.ClassOf(WaterItem.DissolvedOxygen, 6.9, WaterBody.River));
        Assert.Equal(1, SurfaceWater.ClassOf(WaterItem.DissolvedOxygen, 6.9, WaterBody.River, saturation));
    }

    [Fact]
    public void ClassOf_AnyItem_GetsWorseWithItsValueAndOxygenBetter() => Gen.Select(Item, Body, Gen.Double[0, 50], Gen.Double[0, 50]).Sample((item, body, a, b) =>
    {
        if (item == WaterItem.Ph || SurfaceWater.ClassOf(item, Math.Min(a, b), body) is not { } less || SurfaceWater.ClassOf(item, Math.Max(a, b), body) is not { } more) return;
        Assert.InRange(less, 1, 6);
        Assert.True(item == WaterItem.DissolvedOxygen ? more <= less : more >= less);
    });

    // As bulletins write it: 氨氮(1.3).
    [Theory]
    [InlineData(WaterItem.Ammonia, 2.3, 1.3)]
    [InlineData(WaterItem.Cod, 46, 1.3)]
    [InlineData(WaterItem.Cod, 20, null)]
    [InlineData(WaterItem.DissolvedOxygen, 1, null)]
    [InlineData(WaterItem.Ph, 10, null)]
    public void Multiple_AgainstClassIII_IsTheBulletins(WaterItem item, double value, double? multiple) =>
        Assert.Equal(multiple, SurfaceWater.Multiple(item, value, WaterBody.River));

    [Fact]
    public void Evaluate_CleanRiver_IsClassIIByItsWorstFactors()
    {
        WaterClass river = SurfaceWater.Evaluate(
            [new(WaterItem.Ph, 8.1), new(WaterItem.DissolvedOxygen, 9.2), new(WaterItem.Permanganate, 3.2), new(WaterItem.Ammonia, 0.25), new(WaterItem.Phosphorus, 0.08)],
            WaterBody.River)!;
        Assert.Equal((2, "优"), (river.Class, SurfaceWater.Quality(river.Class).Zh));
        Assert.Equal([WaterItem.Permanganate, WaterItem.Ammonia, WaterItem.Phosphorus], river.Deciding.Select(f => f.Item));
        Assert.Empty(river.Main);
    }

    // 环办〔2011〕22号, 一(一)1: nitrogen of rivers is not looked at, that of lakes apart, and coliform apart in both.
    [Theory]
    [InlineData(WaterBody.River, new[] { WaterItem.Coliform })]
    [InlineData(WaterBody.Lake, new[] { WaterItem.Nitrogen, WaterItem.Coliform })]
    public void Evaluate_NitrogenAndColiform_DecideNothing(WaterBody body, WaterItem[] apart)
    {
        WaterClass water = SurfaceWater.Evaluate([new(WaterItem.Ammonia, 0.1), new(WaterItem.Nitrogen, 9), new(WaterItem.Coliform, 99_000)], body)!;
        Assert.Equal(1, water.Class);
        Assert.Equal(apart, water.Apart.Select(f => f.Item));
        Assert.All(water.Apart, f => Assert.Equal(6, f.Class));
    }

    [Fact]
    public void Evaluate_FoulRiver_NamesHeavyMetalsThenTheWorstThree()
    {
        WaterClass river = SurfaceWater.Evaluate(
            [new(WaterItem.Cod, 30), new(WaterItem.Ammonia, 4), new(WaterItem.Bod5, 9), new(WaterItem.Lead, 0.08), new(WaterItem.Phosphorus, 0.9), new(WaterItem.DissolvedOxygen, 4)],
            WaterBody.River)!;
        Assert.Equal(6, river.Class);
        Assert.Equal([(WaterItem.Ammonia, 3.0), (WaterItem.Phosphorus, 3.5)], river.Deciding.Select(f => (f.Item, f.Multiple!.Value)));
        Assert.Equal([(WaterItem.Lead, 0.6), (WaterItem.Phosphorus, 3.5), (WaterItem.Ammonia, 3.0)], river.Main.Select(f => (f.Item, f.Multiple!.Value)));
    }

    [Fact]
    public void Evaluate_NothingThatDecides_IsNone()
    {
        Assert.Null(SurfaceWater.Evaluate([], WaterBody.River));
        Assert.Null(SurfaceWater.Evaluate([new(WaterItem.Nitrogen, 1)], WaterBody.Lake));
    }

    [Fact]
    public void Evaluate_AnyReadings_IsTheWorstInAnyOrder() => Gen.Select(Reading.Array[1, 12], Body).Sample((readings, body) =>
    {
        WaterClass? water = SurfaceWater.Evaluate(readings, body), back = SurfaceWater.Evaluate([.. readings.Reverse()], body);
        Assert.Equal(water?.Class, back?.Class);
        int?[] classes = [.. readings.Where(r => r.Item.Decides()).Select(r => SurfaceWater.ClassOf(r.Item, r.Value, body))];
        Assert.Equal(classes.Max(), water?.Class);
    });

    // The 21 items of the Measures.
    [Fact]
    public void Decides_OfTheTable_Are21() => Assert.Equal(21, Enum.GetValues<WaterItem>().Count(i => i.Decides()));

    // 环办〔2011〕22号, table 2.
    [Theory]
    [InlineData(9, 0, 10, "优")]
    [InlineData(15, 1, 20, "良好")]
    [InlineData(14, 3, 20, "轻度污染")]
    [InlineData(14, 4, 20, "中度污染")]
    [InlineData(12, 8, 20, "重度污染")]
    public void QualityOfBasin_SharesOfSections_AreTheTables(int good, int bad, int sections, string quality) =>
        Assert.Equal(quality, SurfaceWater.QualityOfBasin(good, bad, sections).Zh);

    [Fact]
    public void Quality_ImpossibleNumbers_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SurfaceWater.Quality(7));
        Assert.Throws<ArgumentException>(() => SurfaceWater.QualityOfBasin(4, 2, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => SurfaceWater.Multiple(WaterItem.Cod, 1, WaterBody.River, 6));
    }
}
