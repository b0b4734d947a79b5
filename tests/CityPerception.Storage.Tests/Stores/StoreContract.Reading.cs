using CityPerception.Core.Queries;
using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Storage.Tests.Stores;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Read_OrderAndLimit_AreOfTimeAcrossSeries()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, ((int[])[5, 2, 8, 1, 9, 3]).Select(s => Lines.Noise($"2026-03-01T08:00:0{s}Z", s, device: $"d{s % 3}")));

        Assert.Equal([1.0, 2, 3, 5, 8, 9], await LeqsAsync(store, All("noise")));
        Assert.Equal([9.0, 8, 5, 3, 2, 1], await LeqsAsync(store, All("noise") with { Descending = true }));
        Assert.Equal([1.0, 2], await LeqsAsync(store, All("noise") with { Limit = 2 }));
        Assert.Equal([9.0, 8, 5], await LeqsAsync(store, All("noise") with { Limit = 3, Descending = true }));
        Assert.Empty(await LeqsAsync(store, All("noise") with { Limit = 0 }));
        Assert.Equal([2.0, 3, 5], await LeqsAsync(store, All("noise") with { From = At("2026-03-01T08:00:02Z"), To = At("2026-03-01T08:00:08Z") }));
    }

    [Fact]
    public async Task Read_SomeFields_LeavesOutPointsWithoutThem()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 35.0), ("no2", 20.0)]), Air("2026-03-01T08:00:01Z", [("battery", 80)]), Air("2026-03-01T08:00:02Z", [("no2", 21.0)], grid: "g1"));

        List<Point> points = await PointsAsync(store, All("air_quality") with { Fields = ["pm25", "no2", "unknown"] });

        Assert.Equal(["no2=20,pm25=35", "no2=21"], points.Select(p => string.Join(',', p.Fields.Select(f => $"{f.Key}={f.Value}"))));
        Assert.Equal(["category=ambient,device=aq-1,district=140402", "category=ambient,device=aq-1,district=140402,grid=g1"], points.Select(p => string.Join(',', p.Tags.Select(t => $"{t.Key}={t.Value}"))));
        Assert.Empty(await PointsAsync(store, All("air_quality") with { Fields = ["unknown"] }));
        Assert.Empty(await PointsAsync(store, All("never heard of")));
    }

    [Fact]
    public async Task Read_MoreThanOnePartOfAnAnswer_ComesWhole()
    {
        IStore store = await OpenEmptyStoreAsync();
        long start = Lines.Ns("2026-03-01T00:00:00Z");
        await WriteAsync(store, Enumerable.Range(0, 12_345).Select(i => Lines.Line("noise", [("device", $"n{i % 7}")], [("leq", (double)i)], start + i * 1_000_000_007L)));

        List<Point> points = await PointsAsync(store, All("noise"));

        Assert.Equal(Enumerable.Range(0, 12_345).Select(i => (start + i * 1_000_000_007L, (double)i)), points.Select(p => (p.TimeNs, (double)p.Fields["leq"])));
    }

    [Fact]
    public async Task Read_StoppedEarly_LeavesTheStoreUsable()
    {
        IStore store = await OpenEmptyStoreAsync();
        long start = Lines.Ns("2026-03-01T00:00:00Z");
        await WriteAsync(store, Enumerable.Range(0, 20_000).Select(i => Lines.Line("noise", [("device", "n")], [("leq", (double)i)], start + i)));

        await foreach (Point point in store.ReadAsync(All("noise"), Ct))
        {
            if (point.Fields["leq"] is 3.0) break;
        }

        await WriteAsync(store, Lines.Noise("2026-03-02T00:00:00Z", 1));
        Assert.Equal(20_001, Assert.Single(await store.AggregateAsync(NoiseOfMarch(new Selection("leq", Aggregate.Count)), Ct)).Values[0]);
    }

    [Fact]
    public async Task Read_TagFilters_KnowPointsWithoutTheTag()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 1, "140402"), Lines.Noise("2026-03-01T08:00:01Z", 2, "140403"), Lines.Noise("2026-03-01T08:00:02Z", 4, ""));

        Task<double> SumAsync(params Filter[] where) => SumOfAsync(store, where);
        Assert.Equal(1, await SumAsync(new Filter.Tag("district", ["140402"])));
        Assert.Equal(3, await SumAsync(new Filter.Tag("district", ["140402", "140403", "140404"])));
        Assert.Equal(4, await SumAsync(new Filter.Tag("district", [""])));
        Assert.Equal(5, await SumAsync(new Filter.Tag("district", ["", "140402"])));
        Assert.Equal(6, await SumAsync(new Filter.Tag("district", ["140402"], Not: true)));
        Assert.Equal(2, await SumAsync(new Filter.Tag("district", ["140402", ""], Not: true)));
        Assert.Equal(3, await SumAsync(new Filter.Tag("district", [""], Not: true)));
        Assert.Equal(0, await SumAsync(new Filter.Tag("district", [])));
        Assert.Equal(7, await SumAsync(new Filter.Tag("district", [], Not: true)));
        Assert.Equal(0, await SumAsync(new Filter.Tag("unknown", ["x"])));
        Assert.Equal(7, await SumAsync(new Filter.Tag("unknown", ["x"], Not: true)));
        Assert.Equal(7, await SumAsync(new Filter.Tag("unknown", ["", "x"])));
        Assert.Equal(2, await SumAsync(new Filter.Tag("district", ["140402", "140403"]), new Filter.Tag("district", ["140402"], Not: true)));
        Assert.Equal(0, await SumAsync(new Filter.Tag("district", ["140402\0", "a\r\nb"])));
    }

    [Theory]
    [InlineData("x' OR '1'='1")]
    [InlineData("140402' OR \"district\" != '")]
    [InlineData("\\' OR 1=1 --")]
    [InlineData("'; DROP MEASUREMENT noise; DROP TABLE noise; --")]
    [InlineData("\\")]
    [InlineData("\"")]
    public async Task Read_LiteralThatTriesToInject_MatchesOnlyItself(string literal)
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 1.0), ("note", "plain")]), Air("2026-03-01T08:00:01Z", [("pm25", 2.0), ("note", literal)]));

        Assert.Equal(2.0, Assert.Single(await PointsAsync(store, All("air_quality") with { Where = [new Filter.Text("note", literal)] })).Fields["pm25"]);
        Assert.Equal(1.0, Assert.Single(await PointsAsync(store, All("air_quality") with { Where = [new Filter.Text("note", literal, Not: true)] })).Fields["pm25"]);
        Assert.Empty(await PointsAsync(store, All("air_quality") with { Where = [new Filter.Tag("district", [literal])] }));
        Assert.Empty(await PointsAsync(store, All(literal)));
        Assert.Empty(await PointsAsync(store, All("air_quality") with { Fields = [literal] }));
        Assert.Equal(2, (await PointsAsync(store, All("air_quality"))).Count);
    }

    [Fact]
    public async Task Read_AnyTagValueOrText_IsFoundByItselfAndByNothingElse()
    {
        IStore store = await OpenEmptyStoreAsync();
        await AnyText.Array[60].Select(t => t.Distinct().ToArray()).SampleAsync(async values =>
        {
            await WriteAsync(store, values.Select((v, i) => Air($"2026-03-01T08:00:{i:00}Z", [("no2", (double)i), ("note", v)], device: v)));
            for (int i = 0; i < values.Length; i++)
            {
                foreach (Filter filter in (Filter[])[new Filter.Tag("device", [values[i]]), new Filter.Text("note", values[i])])
                {
                    Point point = Assert.Single(await PointsAsync(store, All("air_quality") with { Where = [filter] }));
                    Assert.Equal(((double)i, values[i], values[i]), ((double)point.Fields["no2"], (string)point.Fields["note"], point.Tags["device"]));
                }
            }
        }, iter: 1);
    }

    [Fact]
    public async Task Read_FieldFilters_CompareAndKnowPointsWithoutTheField()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store,
            Air("2026-03-01T08:00:00Z", [("no2", 1.0), ("pm25", -2.5), ("battery", 10), ("note", "a")]),
            Air("2026-03-01T08:00:01Z", [("no2", 2.0), ("pm25", 35.0), ("battery", 20), ("note", "b")]),
            Air("2026-03-01T08:00:02Z", [("no2", 4.0)]));

        async Task<double> SumAsync(Filter filter) =>
            (await PointsAsync(store, All("air_quality") with { Where = [filter] })).Sum(p => (double)p.Fields["no2"]);
        Assert.Equal(2, await SumAsync(new Filter.Number("pm25", Comparison.Greater, -2.5)));
        Assert.Equal(3, await SumAsync(new Filter.Number("pm25", Comparison.GreaterOrEqual, -2.5)));
        Assert.Equal(1, await SumAsync(new Filter.Number("pm25", Comparison.Less, 35)));
        Assert.Equal(3, await SumAsync(new Filter.Number("pm25", Comparison.LessOrEqual, 35)));
        Assert.Equal(2, await SumAsync(new Filter.Number("pm25", Comparison.Equal, 35)));
        Assert.Equal(1, await SumAsync(new Filter.Number("pm25", Comparison.NotEqual, 35)));
        Assert.Equal(2, await SumAsync(new Filter.Number("battery", Comparison.Greater, 10)));
        Assert.Equal(3, await SumAsync(new Filter.Number("battery", Comparison.Greater, 9.5)));
        Assert.Equal(3, await SumAsync(new Filter.Number("pm25", Comparison.Less, 1e300)));
        Assert.Equal(2, await SumAsync(new Filter.Number("pm25", Comparison.Greater, 1e-300)));
        Assert.Equal(0, await SumAsync(new Filter.Number("unknown", Comparison.NotEqual, 1)));
        Assert.Equal(1, await SumAsync(new Filter.Text("note", "a")));
        Assert.Equal(2, await SumAsync(new Filter.Text("note", "a", Not: true)));
        Assert.Equal(0, await SumAsync(new Filter.Text("note", "a\nb")));
        Assert.Equal(3, await SumAsync(new Filter.Text("note", "a\nb", Not: true)));
        Assert.Equal(0, await SumAsync(new Filter.Text("unknown", "a")));
        Assert.Equal(3, await SumAsync(new Filter.AnyText("note", ["a", "b", "c"])));
        Assert.Equal(2, await SumAsync(new Filter.AnyText("note", ["b", "a\nb", "' OR 1=1 OR 'a"])));
        Assert.Equal(0, await SumAsync(new Filter.AnyText("note", ["a\nb"])));
        Assert.Equal(0, await SumAsync(new Filter.AnyText("note", [])));
        Assert.Equal(0, await SumAsync(new Filter.AnyText("unknown", ["a"])));
        Assert.Equal(0, await SumAsync(new Filter.Text("unknown", "a", Not: true)));
    }

    // What line protocol can hold as a tag: not empty, no control characters, no backslash at the end.
    private static readonly Gen<string> AnyText = Gen.Frequency((3, Gen.Char["'\"\\;-/*(), =%_$?"]), (1, Gen.Char['a', 'z']), (1, Gen.Char['\u00a1', '\uD7FF']))
        .Array[1, 12].Select(c => new string(c) + "x");

    private static async Task<IEnumerable<double>> LeqsAsync(IStore store, PointQuery query) => (await PointsAsync(store, query)).Select(p => (double)p.Fields["leq"]);

    private static async Task<double> SumOfAsync(IStore store, Filter[] where)
    {
        IReadOnlyList<AggregateRow> rows = await store.AggregateAsync(NoiseOfMarch(new Selection("leq", Aggregate.Sum)) with { Where = [.. where] }, Ct);
        return rows.Count == 0 ? 0 : rows[0].Values[0]!.Value;
    }
}
