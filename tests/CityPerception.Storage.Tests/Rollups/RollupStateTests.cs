using CityPerception.Core.Channels;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>The memory of the jobs, in the operational database and in that of tests.</summary>
public sealed class RollupStateTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(Start);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dirty_TouchedTwice_HasBothUntilEachIsCleared(bool real)
    {
        IRollupState state = await OpenAsync(real);
        await TouchAsync(state, Start.AddHours(1), DirtyBits.Minute(3) | DirtyBits.Hour);
        await TouchAsync(state, Start, DirtyBits.Day);
        await TouchAsync(state, Start.AddHours(1), DirtyBits.Minute(4));

        IReadOnlyList<DirtyHour> all = await state.DirtyAsync("city", ~0L, 10, Ct);
        Assert.Equal([(Start, DirtyBits.Day), (Start.AddHours(1), DirtyBits.Minute(3) | DirtyBits.Minute(4) | DirtyBits.Hour)], all.Select(static d => (d.Start, d.Pending)));
        Assert.Single(await state.DirtyAsync("city", ~0L, 1, Ct));
        Assert.Empty(await state.DirtyAsync("social", ~0L, 10, Ct));

        await state.ClearAsync([(all[1], DirtyBits.Minutes)], Ct);
        Assert.Equal(DirtyBits.Hour, Assert.Single(await state.DirtyAsync("city", DirtyBits.Hour, 10, Ct)).Pending);
        await state.ClearAsync([(all[1], DirtyBits.Hour), (all[0], DirtyBits.Day)], Ct);
        Assert.Empty(await state.DirtyAsync("city", ~0L, 10, Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clear_OfAnHourThatWasTouchedSince_KeepsIt(bool real)
    {
        IRollupState state = await OpenAsync(real);
        await TouchAsync(state, Start, DirtyBits.Hour);
        DirtyHour read = Assert.Single(await state.DirtyAsync("city", ~0L, 10, Ct));
        await TouchAsync(state, Start, DirtyBits.Hour);
        await state.ClearAsync([(read, DirtyBits.Hour)], Ct);
        Assert.Equal(DirtyBits.Hour, Assert.Single(await state.DirtyAsync("city", ~0L, 10, Ct)).Pending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Turn_OfOneRun_IsRefusedToOthersUntilItEndsOrDies(bool real)
    {
        IRollupState state = await OpenAsync(real);
        Assert.Null(await state.ThroughAsync("city", ViewWindow.Hour, Ct));
        RollupTurn first = (await state.TryBeginAsync("city", ViewWindow.Hour, Start, Ct))!;
        Assert.Null(await state.TryBeginAsync("city", ViewWindow.Hour, Start.AddHours(9), Ct));
        Assert.NotNull(await state.TryBeginAsync("city", ViewWindow.Minute, Start, Ct));
        Assert.True(await state.AdvanceAsync(first, Start.AddHours(1), Ct));
        await state.EndAsync(first);
        Assert.Equal(Start.AddHours(1), await state.ThroughAsync("city", ViewWindow.Hour, Ct));

        RollupTurn second = (await state.TryBeginAsync("city", ViewWindow.Hour, Start, Ct))!;
        Assert.Equal(Start.AddHours(1), second.Through);
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.NotNull(await state.TryBeginAsync("city", ViewWindow.Hour, Start, Ct));
        Assert.False(await state.AdvanceAsync(second, Start.AddHours(2), Ct));
        Assert.Equal(DateTimeOffset.MinValue, await state.KeptFromAsync(Ct));
    }

    private static Task TouchAsync(IRollupState state, DateTimeOffset hour, long bits) =>
        state.TouchAsync(new Dictionary<TouchedHour, long> { [new TouchedHour("city", "noise", hour)] = bits }, Ct);

    private async Task<IRollupState> OpenAsync(bool real)
    {
        if (!real) return new MemoryRollupState(_clock);
        var databases = new OperationalDbs(new OperationsOptions { SqlitePath = _folder.File("operations.db") });
        await databases.MigrateAsync(Ct);
        return new RollupState(databases, _clock);
    }
}
