using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>A range that an operator has computed anew.</summary>
public sealed class RollupRunTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 16, 0, 0, TimeSpan.Zero); // midnight in Shanghai

    private static readonly ImmutableArray<ViewWindow> Windows = [.. Enum.GetValues<ViewWindow>()];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OfHistoryThatWasNeverComputed_IsWhatTheJobsWouldHaveMade()
    {
        await using RollupRig imported = await RollupRig.StartAsync(RollupTests.Kpis, Start), live = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        string[] lines = History();
        await live.RunAsync();
        await live.StoreAsync(lines);
        foreach (RollupRig rig in new[] { imported, live }) rig.Clock.SetUtcNow(Start.AddDays(1).AddMinutes(1));
        await live.RunAsync();
        await imported.StoreOnlyAsync(lines);

        List<double> shares = [];
        RollupCounts counts = await imported.Run.RunAsync(Request(imported, dryRun: false), imported.City, p =>
        {
            shares.Add(p.Done);
            return default;
        }, Ct);

        SortedDictionary<string, string> expected = await live.ViewsAsync(Start, Start.AddDays(1));
        Assert.True(expected.Count > 1_000 && expected.Values.Any(v => v.StartsWith("5 ", StringComparison.Ordinal)), $"{expected.Count} views");
        Assert.Equal(expected, await imported.ViewsAsync(Start, Start.AddDays(1)));
        Assert.Equal((counts.Computed, 0), (counts.Written, counts.Restated));
        Assert.Equal(shares.Order(), shares);
        Assert.True(shares.Count > 3 && shares[^1] == 1);
        Assert.Equal((counts.Computed, 0, 0), Shown(await imported.Run.RunAsync(Request(imported, dryRun: false), imported.City, _ => default, Ct)));
    }

    [Fact]
    public async Task Run_Dry_CountsWhatItWouldWriteAndWritesNothing()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        rig.Clock.SetUtcNow(Start.AddDays(1).AddMinutes(1));
        await rig.StoreOnlyAsync(History());

        RollupCounts dry = await rig.Run.RunAsync(Request(rig, dryRun: true), rig.City, _ => default, Ct);
        Assert.Empty(await rig.ViewsAsync(Start, Start.AddDays(1)));

        Assert.Equal(dry, await rig.Run.RunAsync(Request(rig, dryRun: false), rig.City, _ => default, Ct));
        Assert.True(dry.Written > 1_000);
    }

    [Fact]
    public async Task Run_StoppedAndRunAgain_HasAll()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        rig.Clock.SetUtcNow(Start.AddDays(1).AddMinutes(1));
        await rig.StoreOnlyAsync(History());
        int all = (await rig.Run.RunAsync(Request(rig, dryRun: true), rig.City, _ => default, Ct)).Written;

        using var stop = new CancellationTokenSource();
        int written = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Run.RunAsync(Request(rig, dryRun: false), rig.City, async p =>
        {
            written = p.Counts.Written;
            if (p.Done > 0.3) await stop.CancelAsync();
        }, stop.Token));
        Assert.InRange(written, 1, all - 1);

        Assert.Equal(all - written, (await rig.Run.RunAsync(Request(rig, dryRun: false), rig.City, _ => default, Ct)).Written);
    }

    /// <summary>No job is at the windows of a piece; once the other has ended, the run goes on.</summary>
    [Fact]
    public async Task Run_WhileAJobHasTheWindows_WaitsForIt()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        rig.Clock.SetUtcNow(Start.AddHours(2));
        await rig.StoreOnlyAsync(History());
        var job = (await rig.State.TryBeginAsync("city", ViewWindow.Minute, Start, Ct))!;

        Task<RollupCounts> run = rig.Run.RunAsync(new RollupRequest([rig.Channel], [ViewWindow.Minute], Start, Start.AddHours(1), DryRun: false), rig.City, _ => default, Ct);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await rig.ViewsAsync(Start, Start.AddHours(1)));
        Assert.False(run.IsCompleted);
        await rig.State.EndAsync(job);
        await Until.TrueAsync("the run has ended", () =>
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(200));
            return run.IsCompleted;
        }, Ct);

        Assert.True((await run).Written > 0);
    }

    private static (int, int, int) Shown(RollupCounts counts) => (counts.Computed, counts.Written, counts.Restated);

    private static RollupRequest Request(RollupRig rig, bool dryRun) => new([rig.Channel], Windows, Start, Start.AddDays(1), dryRun);

    private static string[] History() =>
        [.. Enumerable.Range(0, 5).Select(i => RollupTests.Incident(Start.AddHours(9).AddSeconds(i), i, "140403")), .. Enumerable.Range(0, 200).Select(i =>
            Lines.Line("noise", [("device", $"n{i % 3}"), ("district", "140404")], [("leq", 40d + (i % 37))], Start.AddMinutes(7 * i).ToUnixNs()))];
}
