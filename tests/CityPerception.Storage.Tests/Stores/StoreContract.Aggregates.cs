using CityPerception.Core.Queries;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Stores;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Aggregate_EveryFunction_InOnePass()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, ((double[])[50, 70, 60, 40]).Select((leq, i) => Lines.Noise($"2026-03-01T08:00:0{i}Z", leq)));

        AggregateRow row = Assert.Single(await store.AggregateAsync(NoiseOfMarch([.. Enum.GetValues<Aggregate>().Select(f => new Selection("leq", f, 50))]), Ct));

        Assert.Equal(At("2026-03-01"), row.Start);
        Assert.Empty(row.Group);
        Dictionary<Aggregate, double?> values = Enum.GetValues<Aggregate>().Zip(row.Values).ToDictionary();
        Assert.Equal(55, values[Aggregate.Mean]);
        Assert.Equal(220, values[Aggregate.Sum]);
        Assert.Equal(40, values[Aggregate.Min]);
        Assert.Equal(70, values[Aggregate.Max]);
        Assert.Equal(4, values[Aggregate.Count]);
        Assert.Equal(50, values[Aggregate.First]);
        Assert.Equal(40, values[Aggregate.Last]);
        Assert.Equal(30, values[Aggregate.Spread]);
        Assert.Equal(50, values[Aggregate.Percentile]);
        Assert.Equal(11_110_000, values[Aggregate.EnergySum]!.Value, 1e-3);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(5, 1.0)] // 10 · 5 % = 0.5, a half upwards
    [InlineData(50, 5.0)]
    [InlineData(91, 9.0)]
    [InlineData(95, 10.0)]
    [InlineData(99.9, 10.0)]
    [InlineData(100, 10.0)]
    public async Task Aggregate_Percentile_IsOfTheNearestRank(double percentile, double? expected)
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, ((double[])[7, 3, 10, 1, 9, 2, 8, 4, 6, 5]).Select((leq, i) => Lines.Noise($"2026-03-01T08:00:0{i}Z", leq)));

        IReadOnlyList<AggregateRow> rows = await store.AggregateAsync(NoiseOfMarch(new Selection("leq", Aggregate.Percentile, percentile), new Selection("leq", Aggregate.Count)), Ct);

        Assert.Equal([expected, 10], Assert.Single(rows).Values);
    }

    [Fact]
    public async Task Aggregate_IntegersAndBooleans_AreNumbers()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("battery", 80), ("ok", true)]), Air("2026-03-01T08:00:01Z", [("battery", 81), ("ok", false)]));

        AggregateRow row = Assert.Single(await store.AggregateAsync(Query("air_quality", "2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z",
            new("battery", Aggregate.Mean), new("battery", Aggregate.Sum), new("ok", Aggregate.First), new("ok", Aggregate.Last), new("ok", Aggregate.Count), new("note", Aggregate.Count)), Ct));

        Assert.Equal([80.5, 161, 1, 0, 2, null], row.Values);
    }

    [Fact]
    public async Task Aggregate_FieldWithoutValueInAWindow_IsNullThere()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store,
            Air("2026-03-01T08:00:00Z", [("pm25", 35.0)]),
            Air("2026-03-01T08:01:00Z", [("no2", 20.0)]),
            Air("2026-03-01T08:02:00Z", [("battery", 80)]),
            Air("2026-03-01T08:03:00Z", [("pm25", 36.0), ("no2", 21.0)]));

        AggregateQuery query = Query("air_quality", "2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z",
            new("pm25", Aggregate.Mean), new("pm25", Aggregate.Count), new("no2", Aggregate.Sum), new("no2", Aggregate.Last)) with
        { Window = Minutes(1) };

        Assert.Equal(
            ["2026-03-01T08:00Z 35 1 - -", "2026-03-01T08:01Z - - 20 20", "2026-03-01T08:03Z 36 1 21 21"],
            Shown(await store.AggregateAsync(query, Ct)));
    }

    [Fact]
    public async Task Aggregate_RangeWithinWindows_TakesFromInclusiveToExclusive()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, ((string[])["08:00:29", "08:00:30", "08:01:00", "08:01:59", "08:02:00", "08:02:30"]).Select((t, i) => Lines.Noise($"2026-03-01T{t}Z", 1 << i)));

        AggregateQuery query = Query("noise", "2026-03-01T08:00:30Z", "2026-03-01T08:02:30Z", new Selection("leq", Aggregate.Sum)) with { Window = Minutes(1) };

        Assert.Equal(["2026-03-01T08:00Z 2", "2026-03-01T08:01Z 12", "2026-03-01T08:02Z 16"], Shown(await store.AggregateAsync(query, Ct)));
    }

    [Fact]
    public async Task Aggregate_WindowsBefore1970_AreAlignedAlike()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("1969-12-31T22:30:00Z", 1), Lines.Noise("1969-12-31T23:00:00Z", 2), Lines.Noise("1969-12-31T23:59:59.999999999Z", 4), Lines.Noise("1970-01-01T00:00:00Z", 8));

        AggregateQuery query = Query("noise", "1969-12-31T00:00:00Z", "1970-01-02T00:00:00Z", new Selection("leq", Aggregate.Sum)) with { Window = Minutes(60) };

        Assert.Equal(["1969-12-31T22:00Z 1", "1969-12-31T23:00Z 6", "1970-01-01T00:00Z 8"], Shown(await store.AggregateAsync(query, Ct)));
    }

    [Fact]
    public async Task Aggregate_CivilDaysOfShanghai_BeginAtFourInTheAfternoonUtc()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-02-28T15:59:59Z", 1), Lines.Noise("2026-02-28T16:00:00Z", 2), Lines.Noise("2026-03-01T15:59:59Z", 4), Lines.Noise("2026-03-01T16:00:00Z", 8));

        Assert.Equal(
            ["2026-02-27T16:00Z 1", "2026-02-28T16:00Z 6", "2026-03-01T16:00Z 8"],
            Shown(await store.AggregateAsync(DailySums("2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z", "Asia/Shanghai"), Ct)));
    }

    // Clocks went forward at 02:00 on 29 March 2026 and go back at 03:00 on 25 October: days of 23 and 25 hours.
    [Theory]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29T21:59:00Z", 23)]
    [InlineData("2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z", 25)]
    public async Task Aggregate_CivilDayWhoseClockChanges_HoldsAllItsHours(string start, string lastMinute, int hours)
    {
        IStore store = await OpenEmptyStoreAsync();
        DateTimeOffset day = At(start);
        await WriteAsync(store, Enumerable.Range(-24, 24 + hours + 24).Select(h => Lines.Noise(day.AddHours(h).ToString("o"), 1)).Append(Lines.Noise(lastMinute, 100)));

        AggregateQuery query = DailySums(day.AddDays(-10).ToString("o"), day.AddDays(10).ToString("o"), "Europe/Berlin");

        Assert.Equal(
            [$"{day.AddHours(-24):yyyy-MM-dd'T'HH:mm'Z'} 24", $"{day:yyyy-MM-dd'T'HH:mm'Z'} {hours + 100}", $"{day.AddHours(hours):yyyy-MM-dd'T'HH:mm'Z'} 24"],
            Shown(await store.AggregateAsync(query, Ct)));
    }

    [Fact]
    public async Task Aggregate_RangeThatBeginsOnTheDayOfAChange_StartsTheWindowAtItsMidnight()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-29T12:00:00Z", 1), Lines.Noise("2026-03-30T12:00:00Z", 2));

        Assert.Equal(
            ["2026-03-28T23:00Z 1", "2026-03-29T22:00Z 2"],
            Shown(await store.AggregateAsync(DailySums("2026-03-29T06:00:00Z", "2026-04-01T00:00:00Z", "Europe/Berlin"), Ct)));
    }

    [Fact]
    public async Task Aggregate_ByTag_PutsPointsWithoutItIntoTheEmptyGroup()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store,
            Lines.Noise("2026-03-01T08:00:00Z", 1, "140402", "a"), Lines.Noise("2026-03-01T08:00:00Z", 2, "140402", "b"),
            Lines.Noise("2026-03-01T08:00:00Z", 4, "140403", "c"), Lines.Noise("2026-03-01T09:00:00Z", 8, "", "d"));

        AggregateQuery sums = NoiseOfMarch(new Selection("leq", Aggregate.Sum)) with { GroupBy = ["district"] };

        Assert.Equal(["2026-03-01T00:00Z /8", "2026-03-01T00:00Z 140402/3", "2026-03-01T00:00Z 140403/4"], Shown(await store.AggregateAsync(sums, Ct)));
        Assert.Equal(
            ["2026-03-01T08:00Z 140402/3", "2026-03-01T08:00Z 140403/4", "2026-03-01T09:00Z /8"],
            Shown(await store.AggregateAsync(sums with { Window = Minutes(60) }, Ct)));
        Assert.Equal(
            ["2026-03-01T00:00Z a/140402/1", "2026-03-01T00:00Z b/140402/2", "2026-03-01T00:00Z c/140403/4", "2026-03-01T00:00Z d//8"],
            Shown(await store.AggregateAsync(sums with { GroupBy = ["device", "district"] }, Ct)));
        Assert.Equal(["2026-03-01T00:00Z //15"], Shown(await store.AggregateAsync(sums with { GroupBy = ["unknown", "nor this"] }, Ct)));
    }

    [Fact]
    public async Task Aggregate_NothingThere_HasNoRows()
    {
        IStore store = await OpenEmptyStoreAsync();
        AggregateQuery mean = NoiseOfMarch(new Selection("leq", Aggregate.Mean), new Selection("leq", Aggregate.Count));
        Assert.Empty(await store.AggregateAsync(mean, Ct));

        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 54));

        Assert.Empty(await store.AggregateAsync(mean with { From = At("2026-03-02"), To = At("2026-03-03") }, Ct));
        Assert.Empty(await store.AggregateAsync(mean with { From = mean.To, To = mean.From }, Ct));
        Assert.Empty(await store.AggregateAsync(mean with { Measurement = "never heard of" }, Ct));
        Assert.Empty(await store.AggregateAsync(mean with { Select = [new Selection("unknown", Aggregate.Mean)] }, Ct));
        Assert.Empty(await store.AggregateAsync(mean with { Where = [new Filter.Tag("district", ["140499"])] }, Ct));
        Assert.Equal(["2026-03-01T00:00Z 54 - 1"], Shown(await store.AggregateAsync(
            mean with { Select = [new("leq", Aggregate.Mean), new("unknown", Aggregate.Mean), new("leq", Aggregate.Count)] }, Ct)));
    }

    [Fact]
    public async Task Aggregate_AllOfTime_ReachesTheEndsOfNanoseconds()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("1677-09-22T00:00:00Z", 1), Lines.Noise("2262-04-10T00:00:00Z", 2));

        AggregateQuery sum = new() { Measurement = "noise", Select = [new("leq", Aggregate.Sum)], From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue };

        Assert.Equal(3, Assert.Single(await store.AggregateAsync(sum, Ct)).Values[0]);
    }

    [Fact]
    public async Task Aggregate_WithoutMeaning_IsTheCallersFault()
    {
        IStore store = await OpenEmptyStoreAsync();
        AggregateQuery query = Query("air_quality", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", new Selection("note", Aggregate.Mean));

        await Assert.ThrowsAsync<ArgumentException>(() => store.AggregateAsync(query, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AggregateAsync(query with { Select = [new("pm25", Aggregate.Percentile, 101)] }, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AggregateAsync(query with { Select = [new("pm25", Aggregate.Mean)], Window = Minutes(0) }, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AggregateAsync(query with { Select = [] }, Ct));
    }

    private static WindowSize.Fixed Minutes(int minutes) => new(TimeSpan.FromMinutes(minutes));

    private static AggregateQuery DailySums(string from, string to, string zone) =>
        Query("noise", from, to, new Selection("leq", Aggregate.Sum)) with { Window = new WindowSize.CivilDay(TimeZoneInfo.FindSystemTimeZoneById(zone)) };
}
