using CityPerception.Core.Channels;
using CityPerception.Core.Queries;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Retention;
using CityPerception.Storage.Rollups;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>What goes when its time is over, and what never does.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 16, 0, 0, TimeSpan.Zero); // midnight in Shanghai

    private const string Kept = "\nretention: { raw: 2d, minutes: 1d, hours: 3d }\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_PastTheTimes_TakesWhatIsOlderAndNeverTheDays()
    {
        await using RollupRig rig = await FourDaysAsync();
        SortedDictionary<string, string> before = await rig.ViewsAsync(Start, Start.AddDays(4));

        RetentionResult dry = (await rig.Retention.RunAsync(rig.Terms, dryRun: true, static (_, _) => default, Ct))!;
        Assert.Equal(4, await CountAsync(rig, "incident"));
        Assert.Equal(before, await rig.ViewsAsync(Start, Start.AddDays(4)));

        RetentionResult done = (await rig.Retention.RunAsync(rig.Terms, dryRun: false, static (_, _) => default, Ct))!;
        Assert.Equal(dry.Shares, done.Shares);
        Assert.Equal((Start.AddDays(2), null, true), (done.Kept, done.HeldBack, done.StoreDeletes));
        RetentionShare incidents = Assert.Single(done.Shares, s => s.Rule.Measurement == "incident");
        Assert.Equal((2, Start.AddHours(9), Start.AddHours(33)), (incidents.Points, incidents.First, incidents.Last));

        Assert.Equal(2, await CountAsync(rig, "incident"));
        SortedDictionary<string, string> after = await rig.ViewsAsync(Start, Start.AddDays(4));
        Assert.Equal(before.Where(v => v.Key.Contains(" Day ", StringComparison.Ordinal)), after.Where(v => v.Key.Contains(" Day ", StringComparison.Ordinal)));
        Assert.Equal(before.Where(v => v.Key.Contains(" Hour ", StringComparison.Ordinal) && IsFrom(v.Key, Start.AddDays(1))), after.Where(v => v.Key.Contains(" Hour ", StringComparison.Ordinal)));
        Assert.Equal(before.Where(v => v.Key.Contains(" Minute ", StringComparison.Ordinal) && IsFrom(v.Key, Start.AddDays(3))), after.Where(v => v.Key.Contains(" Minute ", StringComparison.Ordinal)));

        Assert.Empty((await rig.Retention.RunAsync(rig.Terms, dryRun: false, static (_, _) => default, Ct))!.Shares);
    }

    [Fact]
    public async Task Run_WhileLateDataWait_KeepsTheirDayUntilTheyAreUsed()
    {
        await using RollupRig rig = await FourDaysAsync();
        await rig.StoreAsync(RollupTests.Incident(Start.AddHours(34), 99, "140403"));

        RetentionResult held = (await rig.Retention.RunAsync(rig.Terms, dryRun: false, static (_, _) => default, Ct))!;
        Assert.Equal(Start.AddDays(1), held.Kept);
        Assert.Contains("2026-03-03 02:00Z", held.HeldBack, StringComparison.Ordinal);
        Assert.Equal(4, await CountAsync(rig, "incident")); // one is gone, one has come

        await rig.RunAsync();
        Assert.Equal(2, await DayAsync(rig, Start.AddDays(1)));
        Assert.Equal(Start.AddDays(2), (await rig.Retention.RunAsync(rig.Terms, dryRun: false, static (_, _) => default, Ct))!.Kept);
    }

    [Fact]
    public async Task Job_LateDataAfterTheirDayIsDeleted_LeavesWhatWasShownAndSaysSo()
    {
        await using RollupRig rig = await FourDaysAsync();
        await rig.Retention.RunAsync(rig.Terms, dryRun: false, static (_, _) => default, Ct);
        SortedDictionary<string, string> before = await rig.ViewsAsync(Start, Start.AddDays(4));

        await rig.StoreAsync(RollupTests.Incident(Start.AddHours(10), 98, "140404"));
        RollupCounts counts = await rig.RunAsync();

        Assert.Equal((0, 3), (counts.Restated, counts.TooLate)); // once for each length
        Assert.Equal(before, await rig.ViewsAsync(Start, Start.AddDays(4)));
        Assert.Equal(default, await rig.RunAsync());
        await rig.Run.RunAsync(new RollupRequest([rig.Channel], [ViewWindow.Day], Start, Start.AddDays(4), DryRun: false), rig.City, static _ => default, Ct);
        Assert.Equal(1, await DayAsync(rig, Start));
    }

    [Fact]
    public async Task Run_BesideAnother_DoesNothing()
    {
        await using RollupRig rig = await FourDaysAsync();
        Assert.NotNull(await rig.State.TryBeginAsync(RollupState.Kept, ViewWindow.Day, DateTimeOffset.UnixEpoch, Ct));
        Assert.Null(await rig.Retention.RunAsync(rig.Terms, dryRun: false, static (_, _) => default, Ct));
        Assert.Equal(4, await CountAsync(rig, "incident"));
    }

    // An incident a day, all windows computed.
    private static async Task<RollupRig> FourDaysAsync()
    {
        RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start, retention: Kept);
        await rig.RunAsync();
        for (int day = 0; day < 4; day++) await rig.StoreAsync(RollupTests.Incident(Start.AddHours(9).AddDays(day), 0, "140403"));
        rig.Clock.SetUtcNow(Start.AddDays(4).AddMinutes(1));
        await rig.RunAsync();
        return rig;
    }

    private static bool IsFrom(string view, DateTimeOffset from) => string.CompareOrdinal(view.Split(' ')[2], from.ToString("s")) >= 0;

    private static async Task<int> CountAsync(RollupRig rig, string measurement) =>
        await rig.Store.ReadAsync(new PointQuery { Measurement = measurement, From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue }, Ct).CountAsync(Ct);

    private static async Task<double> DayAsync(RollupRig rig, DateTimeOffset day) => Assert.Single(await rig.Views.ReadAsync(
        new ViewQuery("city", ViewWindow.Day, day, day.AddDays(1)) { Kpi = "reported", District = "140403" }, Ct)).Value;
}
