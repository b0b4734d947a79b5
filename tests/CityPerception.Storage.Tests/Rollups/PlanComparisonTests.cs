using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.Storage.Plans;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>What a changed channel would show, before anybody sees it.</summary>
public sealed class PlanComparisonTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 16, 0, 0, TimeSpan.Zero); // midnight in Shanghai

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compare_WithItself_HasNothingToSay()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        Assert.Empty(await CompareAsync(rig, RollupTests.Kpis));
    }

    /// <summary>4 incidents in one minute: orange by the present bounds (1, 2, 3), red by none of them; red where orange ends at 3.</summary>
    [Fact]
    public async Task Compare_OtherBounds_IsABackTestOfTheLevelsAlone()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        await ReportAsync(rig, (TimeSpan.FromHours(1), 4), (TimeSpan.FromHours(2), 5), (TimeSpan.FromHours(3), 3));

        ImmutableArray<KpiDifference> all = await CompareAsync(rig, RollupTests.Kpis.Replace("green: 1, yellow: 2, orange: 3, hold: 3", "green: 1, yellow: 2, orange: 4, hold: 3", StringComparison.Ordinal));

        Assert.All(all, d => Assert.Equal(("reported", 0, null), (d.Kpi, (int)d.Values, d.Largest)));
        KpiDifference minutes = Assert.Single(all, d => d.Window is ViewWindow.Minute);
        // Of the district and of the city: two minutes were red, each with the two that hold it; one is.
        Assert.Equal((12, 4, 6, 2), (minutes.Now.Of(Level.Red), minutes.Now.Alarms, minutes.Then.Of(Level.Red), minutes.Then.Alarms));
        Assert.Equal((6, 6, 0), (minutes.RedInBoth, minutes.LevelChanges, minutes.OnlyNow + minutes.OnlyThen));
        Assert.Equal(minutes.Now.Views, minutes.Now.Levels.Sum());
    }

    [Fact]
    public async Task Compare_OtherFormula_SaysWhichValuesChangeAndHowFar()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        await ReportAsync(rig, (TimeSpan.FromHours(1), 1), (TimeSpan.FromHours(2), 3));

        ImmutableArray<KpiDifference> all = await CompareAsync(rig, RollupTests.Kpis.Replace("value: n\n", "value: 2 * n\n", StringComparison.Ordinal));

        KpiDifference hours = Assert.Single(all, d => d.Window is ViewWindow.Hour);
        Assert.Equal(4, hours.Values); // two hours, of the district and the city
        Assert.Equal((Start.AddHours(2), 3d, 6d), (hours.Largest!.Start, hours.Largest.Now, hours.Largest.Then));
    }

    [Fact]
    public async Task Compare_KpiGone_CountsItsViews()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        rig.Clock.SetUtcNow(Start.AddHours(4).AddSeconds(10));
        string without = RollupTests.Kpis.Replace("windows: [1m, 1h, 1d]\n    inputs: { open", "windows: [1h, 1d]\n    inputs: { open", StringComparison.Ordinal);
        Assert.NotEqual(RollupTests.Kpis, without);

        KpiDifference minutes = Assert.Single(await CompareAsync(rig, without), d => d.Window is ViewWindow.Minute);

        Assert.Equal((4 * 60 * 3, 0), (minutes.OnlyNow, minutes.Then.Views));
    }

    /// <summary>The night from 20 o'clock on: its level alone is another, of all KPIs that a calculation gives.</summary>
    [Fact]
    public async Task Compare_OtherStandardsOfTheCity_TellsTheKpisThatDiffer()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        await rig.StoreAsync([.. Enumerable.Range(0, 24).Select(h => StandardsRig.Line("noise", "n", Start.AddHours(h), [("leq", h < 20 ? 50.0 : 60.0)]))]);
        rig.Clock.SetUtcNow(Start.AddDays(1).AddMinutes(1));

        City later = RollupRig.ReadCity(settings: "\nstandards:\n  noise_day: { from: 06:00, to: 20:00 }\n");
        ImmutableArray<KpiDifference> all = await CompareAsync(rig, later);

        KpiDifference night = Assert.Single(all);
        Assert.Equal(("night", ViewWindow.Day, 2), (night.Kpi, night.Window, (int)night.Values));
        Assert.Empty(await CompareAsync(rig, RollupRig.ReadCity()));
    }

    [Fact]
    public async Task Compare_APermit_TellsTheHoursOverIt()
    {
        string kpis = ChannelText.OneKpi("1h", "{ hours: { calculate: emission.exceed_hours } }", "value: or_zero(hours)");
        await using RollupRig rig = await RollupRig.StartAsync(kpis, Start);
        await rig.StoreAsync(StandardsRig.Line("emission", "stack", Start, [("period", "hour"), ("so2_avg", 120.0)]));
        rig.Clock.SetUtcNow(Start.AddHours(2));

        var faults = new ConfigFaults();
        SiteLimits permit = SiteLimits.Read(null, LookupReader.Read("lookups/permits.csv", "# an example\ndevice,so2\nstack,100", faults), faults);
        KpiDifference hours = Assert.Single(await CompareAsync(rig, RollupRig.ReadCity(sites: permit)));
        Assert.Equal(2, hours.Values); // of the district and of the city
    }

    [Fact]
    public async Task Compare_AScheduleOfASource_TellsTheLevelsThatAreUnknown()
    {
        string kpis = ChannelText.OneKpi("1h", "{ l: { energy: noise.leq } }", "value: l", more: "min_coverage: 0.75\n    levels: { green: 60 }");
        await using RollupRig rig = await RollupRig.StartAsync(kpis, Start);
        await rig.StoreAsync([.. StandardsRig.Minutes("noise", "n", Start, 60, [("leq", 50.0)]).Select(static l => l.Replace("district=140403", "district=140403,source=meter", StringComparison.Ordinal))]);
        rig.Clock.SetUtcNow(Start.AddHours(1).AddMinutes(1));

        City often = RollupRig.ReadCity(schedules: ImmutableDictionary<string, TimeSpan>.Empty.Add("meter", TimeSpan.FromMinutes(1)));
        KpiDifference hours = Assert.Single(await CompareAsync(rig, often));
        Assert.Equal((0, 2, 2), ((int)hours.Values, (int)hours.LevelChanges, (int)hours.Then.Of(Level.Unknown)));
    }

    /// <summary>Both sides are what jobs make of the same points.</summary>
    [Fact]
    public async Task Compare_Views_AreThoseOfTheJobs()
    {
        await using RollupRig rig = await RollupRig.StartAsync(RollupTests.Kpis, Start);
        await rig.RunAsync();
        await ReportAsync(rig, (TimeSpan.FromHours(1), 4), (TimeSpan.FromHours(23), 2));
        rig.Clock.SetUtcNow(Start.AddDays(1).AddMinutes(1));
        await rig.RunAsync();
        IReadOnlyList<ChannelView> shown = await rig.Views.ReadAsync(new ViewQuery("city", ViewWindow.Day, Start, Start.AddDays(1)) { Kpi = "reported" }, Ct);

        KpiDifference days = Assert.Single(await CompareAsync(rig, RollupTests.Kpis.Replace("orange: 3, hold: 3", "orange: 1000, hold: 3", StringComparison.Ordinal).Replace("yellow: 2", "yellow: 2.5", StringComparison.Ordinal)), d => d.Window is ViewWindow.Day);

        Assert.Equal(shown.Count, days.Now.Views);
        foreach (Level level in Enum.GetValues<Level>()) Assert.Equal(shown.Count(v => v.Level == level), days.Now.Of(level));
    }

    private static async Task ReportAsync(RollupRig rig, params (TimeSpan After, int Count)[] bursts)
    {
        int id = 0;
        foreach ((TimeSpan after, int count) in bursts)
            await rig.StoreAsync([.. Enumerable.Range(0, count).Select(i => RollupTests.Incident(Start + after + TimeSpan.FromSeconds(i), id++, "140403"))]);
        if (rig.Clock.GetUtcNow() < Start.AddHours(6)) rig.Clock.SetUtcNow(Start.AddHours(6));
    }

    private static async Task<ImmutableArray<KpiDifference>> CompareAsync(RollupRig rig, string changed) => await new PlanComparison(rig.Inputs, rig.Clock).RunAsync(
        new PlanSide(rig.City, [rig.Channel]), new PlanSide(rig.City, [rig.Compile(changed)]), Start, static (_, _) => default, Ct);

    private static async Task<ImmutableArray<KpiDifference>> CompareAsync(RollupRig rig, City changed) => await new PlanComparison(rig.Inputs, rig.Clock).RunAsync(
        new PlanSide(rig.City, [rig.Channel]), new PlanSide(changed, [rig.Channel]), Start, static (_, _) => default, Ct);
}
