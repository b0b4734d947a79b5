using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>Topics of posts, hourly values that are due, samples of the fleet, and exceedances that became cases: by examples worked out by hand.</summary>
public sealed class TopicAndHourTests
{
    private static readonly DateTimeOffset Midnight = StandardsRig.Midnight, Ten = Midnight.AddHours(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Burst_OfATopicThatIsUsuallyRare_IsTheScoreOfItsCount()
    {
        await using RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi("1h, 1d", "{ x: { calculate: sentiment.burst } }", "value: x"), Midnight);
        await rig.RunAsync();
        await rig.StoreAsync(
        [
            .. Enumerable.Range(1, 28).Select(d => Post("heating", Ten.AddDays(-d).AddMinutes(5), 0)), // one a day in this hour
            .. Enumerable.Range(1, 28).Select(d => Post("heating", Ten.AddDays(-d).AddHours(1), 0)), // of another hour
            .. Enumerable.Range(0, 9).Select(i => Post("heating", Ten.AddMinutes(i), 0)),
            .. Enumerable.Range(0, 3).Select(i => Post("school", Ten.AddMinutes(20 + i), 0)),
        ]);
        await RunAtAsync(rig, Midnight.AddDays(1));
        ChannelView hour = await OneAsync(rig, ViewWindow.Hour, Ten);
        Assert.Equal(8 / Math.Sqrt(2), hour.Value, 9); // (9 − 1)/√(1 + 1), more than 3/√1 of the other
        Assert.Equal("heating: 9 (usual 1)", hour.Text);
        Assert.Equal(hour.Value, (await OneAsync(rig, ViewWindow.Day, Midnight)).Value);

        // What was usual turns out to have been more, weeks ago.
        await rig.StoreAsync([.. Enumerable.Range(0, 28).Select(i => Post("heating", Ten.AddDays(-20).AddMinutes(10 + i), 0))]);
        await rig.RunAsync();
        Assert.Equal(7 / Math.Sqrt(3), (await OneAsync(rig, ViewWindow.Hour, Ten)).Value, 9);
        Assert.Equal(7 / Math.Sqrt(3), (await OneAsync(rig, ViewWindow.Day, Midnight)).Value, 9);
    }

    [Fact]
    public async Task HotTopics_ByReachAndAge_AreInTheirOrder()
    {
        await using RollupRig rig = await StandardsRig.StartAsync("sentiment.hot_topics", "1h");
        string[] shown = await rig.ShowAsync(ViewWindow.Hour, Ten,
            Post("fresh", Ten.AddMinutes(30), 9), // (1 + 1) · 0.5^(0.5/6) = 1.888
            Post("old", Ten.AddHours(-5), 999), // (1 + 3) · 0.5 = 2
            Post("older", Ten.AddHours(-11), 999), // 1
            Post("gone", Ten.AddHours(-49), 1e9), Post("later", Ten.AddHours(1), 1e9));
        Assert.Equal(["140400/ 2 old 2; fresh 1.9; older 1", "140403/ 2 old 2; fresh 1.9; older 1"], shown);
    }

    [Fact]
    public async Task HoursDue_OfAStackAndAnOutlet_AreTheirHoursLessTheAutomaticCheck()
    {
        await using RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi("1d", "{ valid: { calculate: hj212.hours_valid }, due: { calculate: hj212.hours_due } }", "num: or_zero(valid)\n    den: due"), Midnight);
        await rig.RunAsync();
        await rig.StoreAsync(
        [
            .. Enumerable.Range(0, 20).Select(h => HourOf("emission", "stack", Midnight.AddHours(h), ("so2_avg", 10.0))), // 20 of 24; the others were flagged or never came
            HourOf("emission", "stack", Midnight.AddHours(21)), // flagged: no value
            .. Enumerable.Range(0, 24).Select(h => HourOf("discharge", "outlet", Midnight.AddHours(h), ("cod_avg", 40.0))), // 24 of 23
            HourOf("discharge", "gone", Midnight.AddHours(-5), ("cod_avg", 40.0)), // yesterday: 0 of 23
        ]);
        await RunAtAsync(rig, Midnight.AddDays(2));
        ChannelView day = await OneAsync(rig, ViewWindow.Day, Midnight);
        Assert.Equal((20 + 23, 24 + 23 + 23), ((int)day.Num!, (int)day.Den!));
        Assert.Equal((0, 24 + 23), await OneAsync(rig, ViewWindow.Day, Midnight.AddDays(1)) is var next ? ((int)next.Num!, (int)next.Den!) : default);
    }

    [Fact]
    public async Task Completeness_OfAFleet_IsWhatArrivedOfWhatWasExpected()
    {
        await using RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi("1h, 1d", "{ arrived: { calculate: device.samples_arrived }, expected: { calculate: device.samples_expected } }", "num: arrived\n    den: expected"), Midnight);
        await rig.RunAsync();
        await rig.StoreAsync(
        [
            .. StandardsRig.Minutes("noise", "n", Midnight, 180, [("leq", 50.0)]), // 12 an hour
            .. StandardsRig.Minutes("flood", "f", Midnight, 75, [("depth", 1.0)]), // 12, then 3, then nothing
        ]);
        await RunAtAsync(rig, Midnight.AddDays(1));
        Assert.Equal([(24, 24), (15, 24), (12, 24)], (await ViewsAsync(rig, ViewWindow.Hour)).Take(3).Select(static v => ((int)v.Num!, (int)v.Den!)));
        ChannelView day = await OneAsync(rig, ViewWindow.Day, Midnight);
        Assert.Equal((await ViewsAsync(rig, ViewWindow.Hour)).Sum(static v => v.Num), day.Num);
        Assert.Equal((await ViewsAsync(rig, ViewWindow.Hour)).Sum(static v => v.Den), day.Den);
    }

    [Fact]
    public async Task ExceedToCase_FromTheFirstHourOverThePermit_IsTheMedianOfTheDaysCases()
    {
        var faults = new ConfigFaults();
        SiteLimits sites = SiteLimits.Read(null, LookupReader.Read("lookups/permits.csv", "device,so2\nstack,100", faults), faults);
        await using RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi("1d", "{ x: { calculate: enforcement.exceed_to_case_hours } }", "value: x"), Midnight, sites: sites);
        await rig.RunAsync();
        await rig.StoreAsync(
            HourOf("emission", "stack", Ten.AddHours(-40), ("so2_avg", 150.0)), HourOf("emission", "stack", Ten.AddHours(-30), ("so2_avg", 170.0)), HourOf("emission", "stack", Ten.AddHours(-50), ("so2_avg", 90.0)),
            Filed("1", "stack", Ten), Filed("2", "", Ten), Filed("3", "unknown", Ten));
        await RunAtAsync(rig, Midnight.AddDays(1));
        Assert.Equal(40, (await OneAsync(rig, ViewWindow.Day, Midnight)).Value);

        // It had exceeded earlier still, and there had been a case in between: what was before that is another matter.
        await rig.StoreAsync(HourOf("emission", "stack", Ten.AddHours(-60), ("so2_avg", 150.0)), Filed("0", "stack", Ten.AddHours(-35)));
        await rig.RunAsync();
        Assert.Equal(30, (await OneAsync(rig, ViewWindow.Day, Midnight)).Value);
    }

    private static async Task RunAtAsync(RollupRig rig, DateTimeOffset now)
    {
        rig.Clock.SetUtcNow(now.AddSeconds(5));
        await rig.RunAsync();
    }

    private static async Task<ChannelView[]> ViewsAsync(RollupRig rig, ViewWindow window) =>
        [.. (await rig.Views.ReadAsync(new ViewQuery("city", window, Midnight, Midnight.AddDays(1)) { District = "140403" }, Ct)).Where(static v => !v.Void)];

    private static async Task<ChannelView> OneAsync(RollupRig rig, ViewWindow window, DateTimeOffset start) =>
        Assert.Single(await rig.Views.ReadAsync(new ViewQuery("city", window, start, start.AddSeconds(1)) { District = "140403" }, Ct), static v => !v.Void);

    private static string Post(string topic, DateTimeOffset at, double reach) =>
        Lines.Line("sentiment", [("district", "140403")], [("topic", topic), ("reach", (long)reach)], at.ToUnixNs() + topic.Length);

    private static string HourOf(string measurement, string device, DateTimeOffset at, params (string, object)[] fields) =>
        Lines.Line(measurement, [("category", "industry"), ("device", device), ("district", "140403")], [("period", "hour"), .. fields], at.ToUnixNs());

    private static string Filed(string id, string site, DateTimeOffset at) => Lines.Line("enforcement", [("category", "environment"), ("district", "140403"), ("state", "filed")],
        site.Length > 0 ? [("case_id", id), ("site", site)] : [("case_id", id)], at.ToUnixNs() + int.Parse(id, CultureInfo.InvariantCulture));
}
