using CityPerception.Core.Channels;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>KPIs that follow from the state of devices, cases and projects, and from the weeks before.</summary>
public sealed class StateTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero); // 16:00 in Shanghai

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Online_OfDevicesWithTheirOwnIntervals_IsWhoWasHeardOfInTime()
    {
        await using RollupRig rig = await StartAsync("1h", "{ online: { calculate: device.online }, known: { calculate: device.known } }", "num: or_zero(online)\n    den: known");
        // One every minute that fell silent half an hour ago, one every two hours that is in time, one that has been away since yesterday morning.
        await rig.StoreAsync(
            [.. Enumerable.Range(0, 30).Select(i => Noise("often", Start.AddMinutes(i))),
             .. Enumerable.Range(0, 11).Select(i => Noise("seldom", Start.AddHours(-2 * i).AddMinutes(3))),
             Noise("gone", Start.AddHours(-30))]);
        rig.Clock.SetUtcNow(Start.AddHours(1).AddSeconds(5));
        await rig.RunAsync();
        Assert.Equal((1, 2), await RatioAsync(rig, ViewWindow.Hour, Start));

        // It was not silent: its messages were late. And the day before, the one that is gone was known.
        await rig.StoreAsync([.. Enumerable.Range(30, 30).Select(i => Noise("often", Start.AddMinutes(i)))]);
        await rig.RunAsync();
        Assert.Equal((2, 2), await RatioAsync(rig, ViewWindow.Hour, Start));
    }

    [Fact]
    public async Task Open_AfterALateClosing_IsRestatedForTheHoursSince()
    {
        await using RollupRig rig = await StartAsync("1h", "{ overdue: { calculate: case.overdue }, open: { calculate: case.open } }", "num: overdue\n    den: open");
        await rig.StoreAsync(Incident("A", "filed", Start.AddMinutes(1), Start.AddHours(2)), Incident("B", "filed", Start.AddMinutes(2), Start.AddDays(9)));
        rig.Clock.SetUtcNow(Start.AddHours(4).AddSeconds(5));
        await rig.RunAsync();
        Assert.Equal([(0, 2), (0, 2), (1, 2), (1, 2)], await RatiosAsync(rig, 4));

        await rig.StoreAsync(Incident("A", "closed", Start.AddHours(1).AddMinutes(30), null));
        await rig.RunAsync();
        Assert.Equal([(0, 2), (0, 1), (0, 1), (0, 1)], await RatiosAsync(rig, 4));
    }

    [Fact]
    public async Task Repeats_TakenOffACount_LeaveEachMatterOnceAtItsFirstAppeal()
    {
        await using RollupRig rig = await StartAsync("1h, 1d", "{ reported: { count: incident.case_id, where: { state: reported } }, repeats: { calculate: incident.repeats } }", "num: reported - or_zero(repeats)\n    den: reported");
        await rig.StoreAsync(Incident("A", "reported", Start.AddMinutes(1), null), Incident("B", "reported", Start.AddMinutes(5), null), Incident("C", "reported", Start.AddMinutes(61), null));
        await rig.LinkAsync("incident", Start.AddMinutes(5));
        await rig.LinkAsync("incident", Start.AddMinutes(61));
        await rig.LinkAsync("hotline_ticket", Start.AddMinutes(2)); // another kind's
        rig.Clock.SetUtcNow(Start.AddHours(9));
        await rig.RunAsync();
        Assert.Equal([(1, 2), (0, 1)], await RatiosAsync(rig, 2));
        Assert.Equal((1, 3), await RatioAsync(rig, ViewWindow.Day, Start.AddHours(-16)));
    }

    [Fact]
    public async Task Projects_ByTheirLastSnapshotOfTheYear_AddUp()
    {
        await using RollupRig rig = await StartAsync("1d", "{ done: { calculate: project.invest_done }, plan: { calculate: project.invest_plan } }", "num: done\n    den: plan");
        await rig.StoreAsync(
            Project("P1", 900, 1000, Start.AddDays(-80)), // of last year
            Project("P1", 50, 1000, Start.AddDays(-20)), Project("P1", 80, 1000, Start.AddDays(-1)), Project("P2", 10, 500, Start.AddHours(1)));
        rig.Clock.SetUtcNow(Start.AddDays(1));
        await rig.RunAsync();
        Assert.Equal((90, 1500), await RatioAsync(rig, ViewWindow.Day, Start.AddHours(-16)));

        // A correction of yesterday's snapshot is today's too.
        await rig.StoreAsync(Project("P1", 100, 1000, Start.AddDays(-1)));
        await rig.RunAsync();
        Assert.Equal((110, 1500), await RatioAsync(rig, ViewWindow.Day, Start.AddHours(-16)));
    }

    [Fact]
    public async Task AgainstWeeks_OfAnUnusualHour_JudgesItAndFollowsALateWeek()
    {
        await using RollupRig rig = await StartAsync("1h", "{ n: { count: noise.leq }, z: { count: noise.leq, against_weeks: true } }", "value: n", "levels: { of: z, green: 2, yellow: 3, orange: 4 }");
        await rig.StoreAsync([.. Enumerable.Range(1, 4).SelectMany(week => Enumerable.Range(0, 10).Select(i => Noise("n", Start.AddDays(-7 * week).AddMinutes(i))))]);
        await rig.StoreAsync([.. Enumerable.Range(0, 14).Select(i => Noise("n", Start.AddMinutes(i)))]);
        rig.Clock.SetUtcNow(Start.AddHours(1).AddSeconds(5));
        await rig.RunAsync();
        Assert.Equal(Level.Orange, (await ViewAsync(rig, ViewWindow.Hour, Start)).Level); // (14 − 10) / 1

        await rig.StoreAsync([.. Enumerable.Range(10, 12).Select(i => Noise("n", Start.AddDays(-7).AddMinutes(i)))]);
        await rig.RunAsync();
        Assert.Equal(Level.Green, (await ViewAsync(rig, ViewWindow.Hour, Start)).Level); // mean 13, deviation 5.2
    }

    private static async Task<RollupRig> StartAsync(string windows, string inputs, string formula, string levels = "min_samples: 0")
    {
        RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi(windows, inputs, formula, more: levels), Start);
        await rig.RunAsync();
        return rig;
    }

    private static async Task<ChannelView> ViewAsync(RollupRig rig, ViewWindow window, DateTimeOffset start) =>
        Assert.Single(await rig.Views.ReadAsync(new ViewQuery("city", window, start, start.AddMinutes(1)) { District = "140400" }, Ct));

    private static async Task<(int, int)> RatioAsync(RollupRig rig, ViewWindow window, DateTimeOffset start)
    {
        ChannelView view = await ViewAsync(rig, window, start);
        return ((int)view.Num!, (int)view.Den!);
    }

    private static async Task<List<(int, int)>> RatiosAsync(RollupRig rig, int hours)
    {
        List<(int, int)> ratios = [];
        for (int hour = 0; hour < hours; hour++) ratios.Add(await RatioAsync(rig, ViewWindow.Hour, Start.AddHours(hour)));
        return ratios;
    }

    private static string Noise(string device, DateTimeOffset at) => Lines.Line("noise", [("device", device), ("district", "140403")], [("leq", 55.0)], at.ToUnixNs());

    private static string Project(string id, double done, double plan, DateTimeOffset at) =>
        Lines.Line("project", [("category", "energy"), ("district", "140403")], [("project_id", id), ("invest_done", done), ("invest_plan", plan)], at.ToUnixNs() + id[1]);

    private static string Incident(string id, string state, DateTimeOffset at, DateTimeOffset? deadline) =>
        Lines.Line("incident", [("district", "140403"), ("source", "grid"), ("state", state)], deadline is { } due ? [("case_id", id), ("deadline", due.ToUnixTimeSeconds())] : [("case_id", id)], at.ToUnixNs());
}
