using System.Globalization;
using CityPerception.Core.Standards.Partials;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class PercentilePartialTests
{
    // Durations from milliseconds to weeks, and leads that are negative.
    private static readonly Gen<double> Value = Gen.OneOf(Gen.Double[-100, 100], Gen.Double[0, 1e6], Gen.Double[1e-3, 1], Gen.Const(0.0));

    [Fact]
    public void Quantile_AnyValues_IsWithinOnePercentOfTheExactOne() => Value.Array[1, 200].Sample(values =>
    {
        var partial = new PercentilePartial<RelativeBins>();
        foreach (double value in values) partial.Add(value);
        double[] rising = [.. values.Order()];
        for (int percent = 0; percent <= 100; percent++)
        {
            double exact = rising[Math.Max(1, (int)Math.Ceiling(values.Length * percent / 100.0)) - 1], found = partial.Quantile(percent / 100.0)!.Value;
            Assert.InRange(found, exact - (0.01 * Math.Abs(exact)) - 1e-6, exact + (0.01 * Math.Abs(exact)) + 1e-6);
        }
    });

    [Fact]
    public void Quantile_Ends_AreTheSmallestAndTheLargestWithinABin()
    {
        var partial = new PercentilePartial<RelativeBins>();
        partial.Add(3);
        Assert.Equal((3, 3), (partial.Quantile(0), partial.Quantile(1)));
        partial.Add(7, times: 99);
        Assert.Equal(100, partial.Count);
        Assert.Equal(7, partial.Quantile(0.5)!.Value, 0.07);
    }

    [Fact]
    public void Save_MillionsOfValues_StaysSmall()
    {
        var partial = new PercentilePartial<RelativeBins>();
        for (int key = -RelativeBins.LargestKey; key <= RelativeBins.LargestKey; key++) partial.Add(RelativeBins.ValueOf(key), times: 1_000_000);
        var fields = new PartialFields();
        partial.Save(fields);
        Assert.InRange(fields.Texts.Single().Value.Length, 1, 24_000);
    }

    [Fact]
    public void Add_BeyondTheBins_StaysWithinWhatCame()
    {
        var partial = new PercentilePartial<RelativeBins>();
        partial.Add(1e300);
        Assert.Equal(1e300, partial.Quantile(0.5));
        var levels = new PercentilePartial<LevelBins>();
        levels.Add(-1e300);
        Assert.Equal(-1e300, levels.Quantile(0.5));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Add_NoNumber_IsRefused(double value) => Assert.Throws<ArgumentOutOfRangeException>(() => new PercentilePartial<RelativeBins>().Add(value));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Quantile_NoShare_IsRefused(double share) => Assert.Throws<ArgumentOutOfRangeException>(() => new PercentilePartial<RelativeBins>().Quantile(share));

    [Fact]
    public void TryLoad_AnyTextOfAStore_IsTakenOrRefusedNeverThrown() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            if (bytes.Length > 0) bytes[0] = RelativeBins.Id;
            var fields = new PartialFields();
            fields.Set("bins", Convert.ToBase64String(bytes));
            bool isLoaded = TryLoad<PercentilePartial<RelativeBins>>(fields, out PercentilePartial<RelativeBins>? partial);
            if (isLoaded) Assert.True(partial!.Count >= 0);
        });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1023, 0)]
    [InlineData(5_000, 0.1)]
    [InlineData(100_000, 0.1)]
    public void Distinct_ManyIds_IsExactToAThousandAndNearBeyond(int count, double share)
    {
        IEnumerable<string> ids = Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture));
        DistinctPartial all = DistinctPartial.Of(ids.Concat(ids));
        Assert.InRange(all.Value, count * (1 - share), count * (1 + share));
        DistinctPartial halves = DistinctPartial.Of(ids.Take(count * 2 / 3)).Combine(DistinctPartial.Of(ids.Skip(count / 3)));
        Assert.Equal(all.Value, halves.Value);
        var fields = new PartialFields();
        all.Save(fields);
        Assert.InRange(fields.Texts.Single().Value.Length, 1, 11_000);
    }

    private static bool TryLoad<T>(PartialFields fields, out T? partial)
        where T : IPartial<T> => T.TryLoad(fields, out partial);
}
