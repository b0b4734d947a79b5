using CityPerception.Core.Channels;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>Views follow from the stored points, and late ones restate them.</summary>
public sealed class RollupTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    internal const string Kpis = """
        channel: city
        name: { zh: 城感通, en: city }
        description: { zh: 试, en: test }
        kpis:
          reported:
            name: { zh: 上报数, en: reports }
            description: { zh: 试, en: test }
            defined_by: default
            unit: 件
            better: lower
            windows: [1m, 1h, 1d]
            inputs: { n: { count: incident.case_id, where: { state: reported } } }
            value: n
            levels: { green: 1, yellow: 2, orange: 3, hold: 3 }
          filed_rate:
            name: { zh: 立案率, en: filed }
            description: { zh: 试, en: test }
            defined_by: default
            unit: "%"
            better: higher
            windows: [1h, 1d]
            inputs:
              filed: { count: incident.case_id, where: { state: filed } }
              reported: { count: incident.case_id, where: { state: reported } }
            num: filed
            den: reported
            scale: 100
            min_samples: 2
            levels: { green: 90, yellow: 50, orange: 10 }
          noise:
            name: { zh: 噪声, en: noise }
            description: { zh: 试, en: test }
            defined_by: default
            unit: dB(A)
            better: lower
            windows: [1m, 1h, 1d]
            inputs: { l: { energy: noise.leq } }
            value: l
            min_coverage: 0.6
            levels: { green: 60, yellow: 70, orange: 80 }
          noise_median:
            name: { zh: 中位数, en: median }
            description: { zh: 试, en: test }
            defined_by: default
            unit: dB(A)
            better: neutral
            windows: [1h, 1d]
            inputs: { m: { percentile: noise.leq, p: 50 } }
            value: m
          pm25:
            name: { zh: 细颗粒物, en: PM2.5 }
            description: { zh: 试, en: test }
            defined_by: default
            unit: ug/m3
            better: lower
            windows: [1h]
            inputs: { p: { mean: air_quality.pm25, per: device, every: 10m, least: 0.3 } }
            value: p
          night:
            name: { zh: 夜间, en: night }
            description: { zh: 试, en: test }
            defined_by: default
            unit: dB(A)
            better: lower
            windows: [1d]
            inputs: { level: { calculate: noise.ln } }
            value: level
          manholes:
            name: { zh: 井盖, en: manholes }
            description: { zh: 试, en: test }
            defined_by: default
            unit: 个
            better: lower
            windows: [1m, 1h, 1d]
            inputs: { open: { distinct: manhole.device, where: { open: 1 } } }
            value: open
            levels: { green: 0, yellow: 1, orange: 2, per_district: true }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AfterAMinute_HasTheCountOfEachDistrictAndTheCity()
    {
        await using RollupRig rig = await RollupRig.StartAsync(Kpis, Start);
        await rig.RunAsync();
        await rig.StoreAsync(Incident(Start.AddSeconds(5), 1, "140403"), Incident(Start.AddSeconds(6), 2, "140403"), Incident(Start.AddSeconds(7), 3, "140400"));
        rig.Clock.SetUtcNow(Start.AddSeconds(63));
        await rig.RunAsync();

        IReadOnlyList<ChannelView> views = await rig.Views.ReadAsync(new ViewQuery("city", ViewWindow.Minute, Start, Start.AddMinutes(1)) { Kpi = "reported" }, Ct);
        Assert.Equal([("140400", 3, Level.Orange), ("140403", 2, Level.Yellow), ("140404", 0, Level.Green)], views.Select(v => (v.Key.District, (int)v.Value, v.Level)).Order());
    }

    [Fact]
    public async Task Run_Twice_ChangesNothing()
    {
        await using RollupRig rig = await RollupRig.StartAsync(Kpis, Start);
        await rig.RunAsync();
        await rig.StoreAsync(Incident(Start.AddSeconds(5), 1, "140403"));
        rig.Clock.SetUtcNow(Start.AddSeconds(63));
        await rig.RunAsync();
        Assert.Equal(default, await rig.RunAsync());
        RollupCounts again = await rig.Engine.ComputeAsync(rig.Channel, ViewWindow.Minute, (Start, Start.AddMinutes(1)), rig.City, null, Ct);
        Assert.Equal((0, 0), (again.Written, again.Restated));
    }

    [Fact]
    public async Task Run_LateObservation_RestatesItsWindowsAndNoOthersAndKeepsWhatWasShown()
    {
        await using RollupRig rig = await RollupRig.StartAsync(Kpis, Start);
        await rig.RunAsync();
        await rig.StoreAsync(Incident(Start.AddSeconds(5), 1, "140403"));
        rig.Clock.SetUtcNow(Start.AddHours(1).AddSeconds(5));
        await rig.RunAsync();
        DateTimeOffset shown = rig.Clock.GetUtcNow();

        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        await rig.StoreAsync(Incident(Start.AddSeconds(30), 2, "140403"));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        RollupCounts counts = await rig.RunAsync();
        Assert.Equal(10, counts.Restated); // the minute, the two whose level looks back at it, the hour, and the hour's denominator; of the district and of the city

        var hour = new ViewQuery("city", ViewWindow.Hour, Start, Start.AddHours(1)) { Kpi = "reported", District = "140403" };
        ChannelView now = Assert.Single(await rig.Views.ReadAsync(hour, Ct));
        Assert.Equal((2, 1), (now.Value, now.Revision));
        ChannelView then = Assert.Single(await rig.Views.ReadAsOfAsync(hour, shown, Ct));
        Assert.Equal((1, 0), (then.Value, then.Revision));
        Assert.Empty(await rig.Views.ReadAsOfAsync(hour, Start.AddMinutes(59), Ct));
    }

    [Fact]
    public async Task Run_BesideAViewThatCameInAsAnObservation_ShowsItsOwn()
    {
        await using RollupRig rig = await RollupRig.StartAsync(Kpis, Start);
        await rig.RunAsync();
        await rig.StoreAsync(
            Incident(Start.AddSeconds(5), 1, "140403"),
            Lines.Line("channel_view", [("channel", "city"), ("district", "140403"), ("kpi", "reported"), ("source", "agent"), ("window", "1m")], [("value", 99.0), ("samples", 99), ("void", 0), ("rev", 7)], Start.ToUnixNs()));
        rig.Clock.SetUtcNow(Start.AddSeconds(63));
        for (int run = 0; run < 2; run++)
        {
            await rig.StoreAsync(Incident(Start.AddSeconds(6), 2 + run, "140403"));
            await rig.RunAsync();
        }

        ChannelView view = Assert.Single(await rig.Views.ReadAsync(new ViewQuery("city", ViewWindow.Minute, Start, Start.AddMinutes(1)) { Kpi = "reported", District = "140403" }, Ct));
        Assert.Equal((3, 1), (view.Value, view.Revision));
    }

    [Fact]
    public async Task Run_AfterADowntimeOfDays_CatchesUpInOneRun()
    {
        await using RollupRig rig = await RollupRig.StartAsync(Kpis, Start);
        await rig.RunAsync();
        await rig.StoreAsync(Incident(Start.AddHours(30), 1, "140403"));
        rig.Clock.SetUtcNow(Start.AddDays(3));
        await rig.RunAsync();
        Assert.Equal(1, Assert.Single(await rig.Views.ReadAsync(
            new ViewQuery("city", ViewWindow.Day, Start.AddDays(-1), Start.AddDays(3)) { Kpi = "reported", District = "140403" }, Ct), v => v.Value > 0).Value);
    }

    [Fact]
    public async Task TryBegin_WhileAnotherRunIsAtIt_IsRefusedUntilThatOneEndsOrDies()
    {
        await using RollupRig rig = await RollupRig.StartAsync(Kpis, Start);
        Assert.NotNull(await rig.State.TryBeginAsync("city", ViewWindow.Hour, Start, Ct));
        Assert.Null(await rig.State.TryBeginAsync("city", ViewWindow.Hour, Start, Ct));
        rig.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.NotNull(await rig.State.TryBeginAsync("city", ViewWindow.Hour, Start, Ct));
    }

    internal static string Incident(DateTimeOffset at, int id, string district, string state = "reported") =>
        Lines.Line("incident", [("district", district), ("state", state)], [("case_id", $"c{id}")], at.ToUnixNs() + id);
}
