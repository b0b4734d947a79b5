using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Stores;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Write_SameBatchTwice_LeavesOnePoint()
    {
        IStore store = await OpenEmptyStoreAsync();
        string redelivered = Lines.Noise("2026-03-01T08:00:00Z", 54.2);

        await WriteAsync(store, redelivered, Lines.Noise("2026-03-01T08:00:01Z", 55));
        await WriteAsync(store, redelivered, Lines.Noise("2026-03-01T08:00:01Z", 55));

        Assert.Equal([54.2, 55.0], (await PointsAsync(store, All("noise"))).Select(p => p.Fields["leq"]));
    }

    [Fact]
    public async Task Write_SamePointAgain_ReplacesItsFieldsAndKeepsTheOthers()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 35.0), ("battery", 80), ("note", "first")]));

        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 36.5), ("ok", true)]));

        Point point = Assert.Single(await PointsAsync(store, All("air_quality")));
        Assert.Equal([("battery", 80L), ("note", "first"), ("ok", true), ("pm25", 36.5)], point.Fields.Select(f => (f.Key, f.Value)));
    }

    [Fact]
    public async Task Write_SamePointTwiceInOneBatch_LaterLineWinsFieldByField()
    {
        IStore store = await OpenEmptyStoreAsync();

        await WriteAsync(store,
            Air("2026-03-01T08:00:00Z", [("pm25", 35.0), ("battery", 80)]),
            Air("2026-03-01T08:00:00Z", [("pm25", 36.5), ("ok", false)]));

        Point point = Assert.Single(await PointsAsync(store, All("air_quality")));
        Assert.Equal([("battery", 80L), ("ok", false), ("pm25", 36.5)], point.Fields.Select(f => (f.Key, f.Value)));
    }

    [Fact]
    public async Task Write_OldPointsAndNewOnesInOneBatch_OverwriteAndAppend()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 1.0), ("no2", 10.0)]), Air("2026-03-01T08:00:05Z", [("pm25", 2.0), ("no2", 20.0)]));

        await WriteAsync(store,
            Air("2026-03-01T08:00:06Z", [("pm25", 6.0)]),
            Air("2026-03-01T08:00:05Z", [("pm25", 5.0)]),
            Air("2026-03-01T08:00:03Z", [("pm25", 3.0)]),
            Air("2026-03-01T08:00:05Z", [("pm25", 7.0)], device: "aq-2"),
            Air("2026-03-01T08:00:06Z", [("no2", 60.0)]));
        await WriteAsync(store, Air("2026-03-01T08:00:06Z", [("battery", 66)]));

        Assert.Equal(
            ["0 no2=10,pm25=1", "3 pm25=3", "5 no2=20,pm25=5", "5 pm25=7", "6 battery=66,no2=60,pm25=6"],
            (await PointsAsync(store, All("air_quality"))).Select(p => $"{(p.TimeNs - Lines.Ns("2026-03-01T08:00:00Z")) / 1_000_000_000} {string.Join(',', p.Fields.Select(f => $"{f.Key}={f.Value}"))}").Order());
    }

    [Fact]
    public async Task Write_OtherTagsOrOtherTime_AreOtherPoints()
    {
        IStore store = await OpenEmptyStoreAsync();

        await WriteAsync(store,
            Lines.Noise("2026-03-01T08:00:00Z", 1),
            Lines.Noise("2026-03-01T08:00:00.000000001Z", 2),
            Lines.Noise("2026-03-01T08:00:00Z", 3, district: "140403"),
            Lines.Noise("2026-03-01T08:00:00Z", 4, district: ""));

        Assert.Equal([1.0, 2, 3, 4], (await PointsAsync(store, All("noise"))).Select(p => (double)p.Fields["leq"]).Order());
    }

    [Fact]
    public async Task Write_ValuesAtTheLimits_ComeBackAsTheyWere()
    {
        IStore store = await OpenEmptyStoreAsync();
        (string Note, long Battery, double Pm25, bool Ok)[] written =
        [
            ("", long.MinValue, double.MinValue, true),
            ("say \"hi\" \\ it's; -- , = ", long.MaxValue, double.MaxValue, false),
            ("长治市 🚧 é", 0, double.Epsilon, true),
            ("tab\tand 'quotes'\\", -1, -0.1, false),
            ("$1 ?x {y} %", 9007199254740993, 0.1 + 0.2, true),
        ];

        await WriteAsync(store, written.Select((w, i) => Air($"2026-03-01T08:00:0{i}.123456789Z", [("note", w.Note), ("battery", w.Battery), ("pm25", w.Pm25), ("ok", w.Ok)])));

        List<Point> points = await PointsAsync(store, All("air_quality"));
        Assert.Equal(written, points.Select(p => ((string)p.Fields["note"], (long)p.Fields["battery"], (double)p.Fields["pm25"], (bool)p.Fields["ok"])));
        Assert.Equal(Lines.Ns("2026-03-01T08:00:04.123456789Z"), points[4].TimeNs);
    }

    [Theory]
    [InlineData("1677-09-22T00:00:00.000000001Z")]
    [InlineData("1969-12-31T23:59:59.999999999Z")]
    [InlineData("2262-04-10T23:59:59.999999999Z")]
    public async Task Write_TimesFarFromNow_KeepTheirNanoseconds(string at)
    {
        IStore store = await OpenEmptyStoreAsync();

        await WriteAsync(store, Lines.Noise(at, 50));

        Assert.Equal(Lines.Ns(at), Assert.Single(await PointsAsync(store, All("noise"))).TimeNs);
    }

    [Fact]
    public async Task Write_TagValuesOfEveryKind_ComeBackAsTheyWere()
    {
        IStore store = await OpenEmptyStoreAsync();
        string[] devices = ["a,b", "a b", "a=b", "it's", "\"quoted\"", "a\\b", "设备-1", "🚧", "x' OR '1'='1", "'; DROP TABLE noise; --"];

        await WriteAsync(store, devices.Select((d, i) => Lines.Noise($"2026-03-01T08:00:{i:00}Z", i, device: d)));

        Assert.Equal(devices, (await PointsAsync(store, All("noise"))).Select(p => p.Tags["device"]));
    }

    [Fact]
    public async Task Write_SomeLinesOfAnotherType_RefusesThoseAndStoresTheRest()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 35.0), ("note", "x")]));
        string wrongNumber = Air("2026-03-01T08:00:02Z", [("pm25", "high")]), wrongText = Air("2026-03-01T08:00:04Z", [("note", 5.0)]);

        WriteResult written = await store.WriteAsync(Lines.Of(
            Air("2026-03-01T08:00:01Z", [("pm25", 1.0)]), wrongNumber, Air("2026-03-01T08:00:03Z", [("pm25", 3.0)]), wrongText, Air("2026-03-01T08:00:05Z", [("pm25", 5.0)])), Ct);

        Assert.Equal(3, written.Stored);
        Assert.Equal([wrongNumber + "\n", wrongText + "\n"], written.Refused.Select(r => System.Text.Encoding.UTF8.GetString(r.Line.Span)));
        Assert.All(written.Refused, r => Assert.Equal(RejectionReason.RefusedByStore, r.Reason));
        Assert.All(written.Refused, r => Assert.Contains("field type conflict", r.Detail, StringComparison.Ordinal));
        Assert.Equal([35.0, 1.0, 3.0, 5.0], (await PointsAsync(store, All("air_quality") with { Fields = ["pm25"] })).Select(p => p.Fields["pm25"]));
    }

    [Fact]
    public async Task Write_EveryLineBad_RefusesEachWithItsReason()
    {
        IStore store = await OpenEmptyStoreAsync();
        string[] bad = ["noise leq=", "noise,device= leq=1 1772352000000000000", "noise leq=1 soon"];

        WriteResult written = await store.WriteAsync(Lines.Of(bad), Ct);

        Assert.Equal(0, written.Stored);
        Assert.Equal(bad.Select(b => b + "\n"), written.Refused.Select(r => System.Text.Encoding.UTF8.GetString(r.Line.Span)));
        Assert.All(written.Refused, r => Assert.NotEmpty(r.Detail));
        Assert.Empty(await PointsAsync(store, All("noise")));
    }

    [Fact]
    public async Task Write_TenThousandLinesWithOneBad_StoresAllOthers()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-01T00:00:00Z", 0, device: "first"));
        long start = Lines.Ns("2026-03-01T00:00:00Z");
        IEnumerable<string> lines = Enumerable.Range(0, 10_000).Select(i => Lines.Line("noise", [("device", $"n{i % 100}")], [("leq", i == 7321 ? "loud" : (object)(double)i)], start + i * 1_000_000_000L));

        WriteResult written = await store.WriteAsync(Lines.Of(lines), Ct);

        Assert.Equal(9_999, written.Stored);
        Assert.Contains("n21 leq=\"loud\"", System.Text.Encoding.UTF8.GetString(Assert.Single(written.Refused).Line.Span), StringComparison.Ordinal);
        AggregateRow row = Assert.Single(await store.AggregateAsync(NoiseOfMarch(new Selection("leq", Aggregate.Count), new Selection("leq", Aggregate.Sum)), Ct));
        Assert.Equal([10_000.0, 9_999.0 * 10_000 / 2 - 7321], row.Values.Select(v => v!.Value));
    }

    [Fact]
    public async Task Write_SeveralMeasurementsInOneBatch_EachGetsItsOwn()
    {
        IStore store = await OpenEmptyStoreAsync();

        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 54), Air("2026-03-01T08:00:00Z", [("pm25", 35.0)]), Lines.Noise("2026-03-01T08:00:01Z", 55));

        Assert.Equal(2, (await PointsAsync(store, All("noise"))).Count);
        Assert.Single(await PointsAsync(store, All("air_quality")));
    }

    [Fact]
    public async Task Write_SeveralAtOnce_AllArrive()
    {
        IStore store = await OpenEmptyStoreAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(w =>
            WriteAsync(store, Enumerable.Range(0, 500).Select(i => Lines.Noise($"2026-03-01T08:{i / 60:00}:{i % 60:00}Z", i, device: $"w{w}")))));

        AggregateRow row = Assert.Single(await store.AggregateAsync(NoiseOfMarch(new Selection("leq", Aggregate.Count)), Ct));
        Assert.Equal(4000, row.Values[0]);
    }

    [Fact]
    public async Task Write_FieldAddedToTheSchema_IsTakenWithoutReopening()
    {
        MeasurementCatalog catalog = new([Measurement("noise", ["device"], [("leq", FieldType.Float)])]);
        await using IStore store = await OpenEmptyStoreAsync(() => catalog);
        await store.OpenAsync(Ct);
        await WriteAsync(store, Lines.Line("noise", [("device", "n")], [("leq", 50.0)], 1));

        catalog = new([
            Measurement("noise", ["device", "district"], [("leq", FieldType.Float), ("battery", FieldType.Integer)]),
            Measurement("tilt", ["device"], [("angle", FieldType.Float)])]);
        await WriteAsync(store, Lines.Line("noise", [("device", "n"), ("district", "140402")], [("battery", 80)], 2), Lines.Line("tilt", [("device", "t")], [("angle", 1.5)], 3));

        List<Point> noise = await PointsAsync(store, All("noise"));
        Assert.Equal([("leq", 50.0), ("battery", 80L)], noise.Select(p => (p.Fields.Single().Key, p.Fields.Single().Value)));
        Assert.False(noise[0].Tags.ContainsKey("district"));
        Assert.Single(await PointsAsync(store, All("tilt")));
        Assert.Equal(["/50", "140402/-"], (await store.AggregateAsync(new AggregateQuery
        {
            Measurement = "noise",
            Select = [new Selection("leq", Aggregate.Mean)],
            GroupBy = ["district"],
            From = DateTimeOffset.UnixEpoch,
            To = At("2026-01-01"),
        } with
        { Select = [new Selection("leq", Aggregate.Mean), new Selection("battery", Aggregate.Mean)] }, Ct)).Select(r => $"{r.Group[0]}/{r.Values[0]?.ToString() ?? "-"}"));
    }

    [Fact]
    public async Task Write_NamesThatTryToInject_ComeBackAsDataAndHarmNothing()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 54));
        const string Value = "v'; DROP TABLE noise; --";

        await WriteAsync(store, Lines.Line(Odd.Measurement, [(Odd.Tag, Value)], [(Odd.Field, 1.5), (Odd.Text, Value)], Lines.Ns("2026-03-01T08:00:00Z")));

        Point point = Assert.Single(await PointsAsync(store, All(Odd.Measurement) with
        {
            Where = [new Filter.Tag(Odd.Tag, [Value]), new Filter.Number(Odd.Field, Comparison.Greater, 1), new Filter.Text(Odd.Text, Value)],
        }));
        Assert.Equal(Value, point.Tags[Odd.Tag]);
        Assert.Equal((1.5, Value), (point.Fields[Odd.Field], point.Fields[Odd.Text]));
        AggregateQuery mean = Query(Odd.Measurement, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", new Selection(Odd.Field, Aggregate.Mean)) with { GroupBy = [Odd.Tag] };
        Assert.Equal([$"2026-03-01T00:00Z {Value}/1.5"], Shown(await store.AggregateAsync(mean, Ct)));
        Assert.Single(await PointsAsync(store, All("noise")));
    }
}
