using CityPerception.Core.Queries;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Stores;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Delete_ARange_TakesItsPointsAndNoOthers()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 1), Lines.Noise("2026-03-01T09:00:00Z", 2), Lines.Noise("2026-03-01T09:59:59Z", 3), Lines.Noise("2026-03-01T10:00:00Z", 4),
            Air("2026-03-01T09:00:00Z", [("pm25", 9d)]));

        Assert.True(await store.DeleteAsync(new DeleteQuery { Measurement = "noise", From = At("2026-03-01T09:00:00Z"), To = At("2026-03-01T10:00:00Z") }, Ct));

        Assert.Equal([1d, 4d], (await PointsAsync(store, All("noise"))).Select(p => p.Fields["leq"]));
        Assert.Single(await PointsAsync(store, All("air_quality")));
    }

    [Fact]
    public async Task Delete_OnlyOfATag_LeavesTheOtherSeries()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 1d)], "a"), Air("2026-03-01T08:00:00Z", [("pm25", 2d)], "b"), Air("2026-03-01T09:00:00Z", [("pm25", 3d)], "a"));

        Assert.True(await store.DeleteAsync(new DeleteQuery { Measurement = "air_quality", From = DateTimeOffset.MinValue, To = At("2026-03-01T09:00:00Z"), Only = ("device", "a") }, Ct));

        Assert.Equal([2d, 3d], (await PointsAsync(store, All("air_quality"))).Select(p => p.Fields["pm25"]));
    }

    [Fact]
    public async Task Delete_ThenTheSamePointAgain_IsThereWithItsNewFieldsAlone()
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 1d), ("no2", 7d)]));
        await store.DeleteAsync(new DeleteQuery { Measurement = "air_quality", From = At("2026-03-01T00:00:00Z"), To = At("2026-03-02T00:00:00Z") }, Ct);
        Assert.Empty(await PointsAsync(store, All("air_quality")));

        await WriteAsync(store, Air("2026-03-01T08:00:00Z", [("pm25", 2d)]));

        Assert.Equal(["pm25"], Assert.Single(await PointsAsync(store, All("air_quality"))).Fields.Keys);
    }

    [Theory]
    [InlineData(Odd.Measurement, Odd.Tag, "x' OR 'y", 0)]
    [InlineData(Odd.Measurement, Odd.Tag, "z' OR '1'='1", 1)] // no such value: nothing may go
    [InlineData("unheard_of", "device", "a", 1)]
    [InlineData(Odd.Measurement, "unheard_of", "a", 1)]
    public async Task Delete_NamesAndValuesThatTryToBreakOut_TakeWhatTheyNameAndNoMore(string measurement, string tag, string value, int left)
    {
        IStore store = await OpenEmptyStoreAsync();
        await WriteAsync(store, Lines.Noise("2026-03-01T08:00:00Z", 1), Lines.Line(Odd.Measurement, [(Odd.Tag, "x' OR 'y")], [(Odd.Field, 1d)], Lines.Ns("2026-03-01T08:00:00Z")));

        Assert.True(await store.DeleteAsync(new DeleteQuery { Measurement = measurement, From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue, Only = (tag, value) }, Ct));

        Assert.Equal(left, (await PointsAsync(store, All(Odd.Measurement))).Count);
        Assert.Single(await PointsAsync(store, All("noise")));
    }
}
