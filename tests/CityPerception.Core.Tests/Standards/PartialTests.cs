using CityPerception.Core.Standards;
using CityPerception.Core.Standards.Partials;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

/// <summary>What holds for every combine class: any split gives the whole, in any order, also by way of a store.</summary>
public class PartialTests
{
    // Numbers of which sums are exact, so that equal is equal.
    private static readonly Gen<double> Number = Gen.Int[-1000, 1000].Select(i => i / 4.0);
    private static readonly Gen<double> Weight = Gen.Int[0, 100].Select(i => i / 2.0);

    [Fact]
    public void Sum_AnySplit_IsTheWhole() => AnySplitIsTheWhole(Number.Select(x => new SumPartial(x)), Same);

    [Fact]
    public void Mean_AnySplit_IsTheWhole() => AnySplitIsTheWhole(Gen.Select(Number, Weight).Select(p => MeanPartial.Of(p.Item1, p.Item2)), Same);

    [Fact]
    public void Ratio_AnySplit_IsTheWhole() => AnySplitIsTheWhole(Gen.Select(Weight, Weight).Select(p => new RatioPartial(p.Item1, p.Item2)), Same);

    [Fact]
    public void Max_AnySplit_IsTheWhole() => AnySplitIsTheWhole(Number.Select(x => new MaxPartial(x)), Same);

    [Fact]
    public void Min_AnySplit_IsTheWhole() => AnySplitIsTheWhole(Number.Select(x => new MinPartial(x)), Same);

    [Fact]
    public void Latest_AnySplit_IsTheWhole() =>
        AnySplitIsTheWhole(Gen.Select(Gen.Long[0, 5], Weight, Weight).Select(p => new LatestPartial<RatioPartial>(p.Item1, new(p.Item2, p.Item3))), Same);

    [Fact]
    public void Cases_AnySplit_IsTheWhole() => AnySplitIsTheWhole(Gen.Select(Gen.Enum<CaseState>(), Gen.Bool).Select(p => CaseCounts.Of(p.Item1, p.Item2)), Same);

    [Fact]
    public void Energy_AnySplit_IsTheWhole() => AnySplitIsTheWhole(
        Gen.Select(Gen.Double[30, 110], Gen.Double[1, 60]).Select(p => EnergyPartial.Of(p.Item1, p.Item2)),
        (a, b) => Assert.Equal(a.Value ?? 0, b.Value ?? 0, 1e-9));

    [Fact]
    public void Wind_AnySplit_IsTheWhole() => AnySplitIsTheWhole(
        Gen.Select(Gen.Double[0, 360], Gen.Double[0, 20]).Select(p => WindPartial.Of(p.Item1, p.Item2)),
        (a, b) => Assert.Equal((a.East, a.North, a.Count), (b.East, b.North, b.Count), (x, y) =>
            Math.Abs(x.East - y.East) < 1e-9 && Math.Abs(x.North - y.North) < 1e-9 && x.Count == y.Count));

    [Fact]
    public void Percentile_AnySplit_IsTheWhole() => AnySplitIsTheWhole(
        Gen.Double[-1e4, 1e4].Array[0, 5].Select(Of<RelativeBins>),
        (a, b) => Assert.All(Enumerable.Range(0, 101), p => Assert.Equal(a.Quantile(p / 100.0), b.Quantile(p / 100.0))));

    [Fact]
    public void Distinct_AnySplit_IsTheWhole() => AnySplitIsTheWhole(
        Gen.Int[0, 30].Select(i => DistinctPartial.Of($"device-{i}")),
        (a, b) => Assert.Equal(a.Value, b.Value));

    [Fact]
    public void Value_OfNothing_IsNone()
    {
        Assert.Null(MeanPartial.Empty.Value);
        Assert.Null(new RatioPartial(3, 0).Value);
        Assert.Null(EnergyPartial.Empty.Value);
        Assert.Null(MaxPartial.Empty.Combine(MaxPartial.Empty).Value);
        Assert.Null(new PercentilePartial<RelativeBins>().Quantile(0.5));
        Assert.Null(WindPartial.Empty.Direction);
        Assert.Equal(0, DistinctPartial.Empty.Value);
    }

    [Fact]
    public void Ratio_HoursOfUnequalSize_IsNotTheMeanOfRatios() =>
        Assert.Equal(0.1, new RatioPartial(1, 1).Combine(new RatioPartial(9, 99)).Value);

    [Fact]
    public void Latest_PlacesOfDifferentTimes_AddUpAllTheSame()
    {
        LatestPartial<SumPartial> hours = new LatestPartial<SumPartial>(1, new(5)).Combine(new(2, new(7)));
        Assert.Equal(new(2, new(7)), hours);
        Assert.Equal(new(2, new(10)), hours.Add(new(1, new(3))));
    }

    [Theory]
    [InlineData(350, 10, 0)]
    [InlineData(80, 100, 90)]
    [InlineData(170, 190, 180)]
    [InlineData(260, 280, 270)]
    public void Wind_TwoDirections_IsTheirMiddle(double a, double b, double middle) =>
        Assert.Equal(middle, WindPartial.Of(a, 3).Combine(WindPartial.Of(b, 3)).Direction!.Value, 1e-6);

    [Fact]
    public void Wind_CalmOrOpposite_HasNoDirection()
    {
        Assert.Null(WindPartial.Of(90, 0.1).Direction);
        Assert.Equal(0, WindPartial.Of(270, 0.1).East); // and it moves no mean
        Assert.Null(WindPartial.Of(0, 3).Combine(WindPartial.Of(180, 3)).Direction);
        Assert.Equal(90, WindPartial.Of(90, 5).Combine(WindPartial.Of(270, 0.1)).Direction!.Value, 1e-9);
    }

    [Fact]
    public void TryLoad_FieldsOfAnother_IsFalse()
    {
        Assert.False(TryLoad<MeanPartial>(Saved(new RatioPartial(1, 2)), out _));
        Assert.False(TryLoad<PercentilePartial<LevelBins>>(Saved(Of<RelativeBins>([1, 2])), out _));
        Assert.False(TryLoad<DistinctPartial>(new PartialFields(), out _));
    }

    private static void AnySplitIsTheWhole<T>(Gen<T> one, Action<T, T> areEqual)
        where T : IPartial<T>
    {
        Gen.Select(one, Gen.Int[0, 5], Gen.Int[0, 1000]).Array[0, 30].Sample(parts =>
        {
            T whole = Partial.CombineAll(parts.Select(p => p.Item1));
            T bySplit = Partial.CombineAll(parts.GroupBy(p => p.Item2).Select(g => Partial.CombineAll(g.Select(p => p.Item1))));
            T shuffled = Partial.CombineAll(parts.OrderBy(p => p.Item3).Select(p => p.Item1));
            areEqual(whole, bySplit);
            areEqual(whole, shuffled);
            areEqual(whole, T.Empty.Combine(whole));
            areEqual(whole, whole.Combine(T.Empty));
            if (parts.Length == 0) return;
            Assert.True(TryLoad(Saved(whole), out T? loaded));
            areEqual(whole, loaded!);
        }, iter: 300);
    }

    private static void Same<T>(T a, T b) => Assert.Equal(a, b);

    private static PartialFields Saved<T>(T partial)
        where T : IPartial<T>
    {
        var fields = new PartialFields();
        partial.Save(fields);
        return fields;
    }

    private static bool TryLoad<T>(PartialFields fields, out T? partial)
        where T : IPartial<T> => T.TryLoad(fields, out partial);

    private static PercentilePartial<TBins> Of<TBins>(double[] values)
        where TBins : IBins
    {
        var partial = new PercentilePartial<TBins>();
        foreach (double value in values) partial.Add(value);
        return partial;
    }
}
