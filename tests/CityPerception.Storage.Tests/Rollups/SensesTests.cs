using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>What people report and what things notice, set against each other.</summary>
public sealed class SensesTests
{
    private const string Kpis = """
        channel: city
        name: { zh: 试, en: test }
        description: { zh: 试, en: test }
        kpis:
          rate:
            name: { zh: 试, en: test }
            description: { zh: 试, en: test }
            defined_by: default
            unit: "%"
            better: higher
            windows: [1h, 1d]
            inputs: { both: { calculate: resonance.both }, human: { calculate: resonance.human_only } }
            num: or_zero(both)
            den: or_zero(both) + or_zero(human)
          blind:
            name: { zh: 试, en: test }
            description: { zh: 试, en: test }
            defined_by: default
            unit: "%"
            better: neutral
            windows: [1d]
            inputs: { both: { calculate: resonance.both }, alone: { calculate: resonance.thing_only } }
            num: or_zero(alone)
            den: or_zero(both) + or_zero(alone)
          lead:
            name: { zh: 试, en: test }
            description: { zh: 试, en: test }
            defined_by: default
            unit: min
            better: higher
            windows: [1d]
            inputs: { lead: { calculate: resonance.lead } }
            value: lead
        """;

    private static readonly DateTimeOffset Midnight = StandardsRig.Midnight, Ten = Midnight.AddHours(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_NearADeviceThatAlarmed_IsConfirmedAndOneThatDidNotIsNot()
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync(
        [
            Gauge("f-near", Ten.AddMinutes(-50), 20), Gauge("f-quiet", Ten.AddMinutes(-50), 2), Gauge("f-late", Ten.AddHours(-3), 40),
            Ticket("1", "flood", Ten, "g", 36.2010, 113.1), // 111 m from f-near, which alarmed 50 minutes before
            Ticket("2", "flood", Ten, "h", 36.3010, 113.1), // near f-quiet
            Ticket("3", "flood", Ten, "i", 36.4010, 113.1), // near f-late, whose alarm was too early
            Ticket("4", "flood", Ten, "j", 36.5000, 113.1), // no gauge near
            Ticket("5", "heating", Ten, "g", 36.2010, 113.1), // no matter of things
        ]);
        await RunAtAsync(rig, Ten.AddHours(2));
        Assert.Equal([(Ten, 1, 3)], await RatesAsync(rig, "rate", ViewWindow.Hour));

        // The alarm of the quiet one was late: within the half hour after the report.
        await rig.StoreAsync(Gauge("f-quiet", Ten.AddMinutes(25), 30));
        await rig.RunAsync();
        Assert.Equal([(Ten, 2, 3)], await RatesAsync(rig, "rate", ViewWindow.Hour));
    }

    [Fact]
    public async Task Report_InTheGridOfADeviceWithoutPosition_IsConfirmed()
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync(
            Lines.Line("manhole", [("category", "component.public_utility"), ("device", "m"), ("district", "140403"), ("grid", "g7")], [("open", 1)], Ten.AddMinutes(-10).ToUnixNs()),
            Lines.Line("incident", [("category", "component.public_utility"), ("district", "140403"), ("grid", "g7"), ("state", "reported")], [("case_id", "c")], Ten.ToUnixNs()),
            Lines.Line("incident", [("category", "component.public_utility"), ("district", "140403"), ("grid", "g8"), ("state", "reported")], [("case_id", "d")], Ten.ToUnixNs()));
        await RunAtAsync(rig, Ten.AddHours(1));
        Assert.Equal([(Ten, 1, 1)], await RatesAsync(rig, "rate", ViewWindow.Hour));
    }

    [Fact]
    public async Task Day_HasEpisodesThatNobodyReportedAndTheLeadOfThings()
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync(
        [
            // One episode, reported after 40 minutes; one of two alarms that nobody reported; one half an hour and more later: another.
            Gauge("f-near", Ten, 20), Ticket("1", "flood", Ten.AddMinutes(40), "g", 36.2, 113.1),
            Gauge("f-near", Ten.AddHours(5), 20), Gauge("f-near", Ten.AddHours(5).AddMinutes(25), 20), Gauge("f-near", Ten.AddHours(6), 20),
            // Loud over the limit of class 1 by day (55 dB), reported by a neighbour 10 minutes before.
            Noise("n", Ten.AddHours(3), 70), Noise("n", Ten.AddHours(3).AddMinutes(-30), 50), Ticket("2", "noise", Ten.AddHours(3).AddMinutes(-10), "g", 36.2, 113.1),
        ]);
        await RunAtAsync(rig, Midnight.AddDays(1).AddHours(3));
        Assert.Equal([(Midnight, 2, 4)], await RatesAsync(rig, "blind", ViewWindow.Day));
        Assert.Equal(-10, (await ViewsAsync(rig, "lead", ViewWindow.Day)).Single().Value); // of −10 and 40 the lower
        Assert.Equal([(Midnight, 2, 2)], await RatesAsync(rig, "rate", ViewWindow.Day));

        await rig.StoreAsync(Ticket("3", "flood", Ten.AddHours(6).AddMinutes(50), "g", 36.2, 113.1));
        await rig.RunAsync();
        Assert.Equal([(Midnight, 0, 3)], await RatesAsync(rig, "blind", ViewWindow.Day));
    }

    private static async Task<RollupRig> StartAsync()
    {
        const string places = "device,lat,lon\nf-near,36.2,113.1\nf-quiet,36.3,113.1\nf-late,36.4,113.1\nn,36.2,113.1";
        var faults = new ConfigFaults();
        SiteLimits sites = SiteLimits.Read(null, null, faults, [LookupReader.Read("lookups/stations.csv", places, faults)!]);
        RollupRig rig = await RollupRig.StartAsync(Kpis, Midnight, sites: sites);
        await rig.RunAsync();
        return rig;
    }

    private static async Task RunAtAsync(RollupRig rig, DateTimeOffset now)
    {
        rig.Clock.SetUtcNow(now.AddSeconds(5));
        await rig.RunAsync();
    }

    private static async Task<ChannelView[]> ViewsAsync(RollupRig rig, string kpi, ViewWindow window) =>
        [.. (await rig.Views.ReadAsync(new ViewQuery("city", window, Midnight, Midnight.AddDays(1)) { Kpi = kpi, District = "140403" }, Ct)).Where(static v => !v.Void)];

    private static async Task<(DateTimeOffset, int, int)[]> RatesAsync(RollupRig rig, string kpi, ViewWindow window) =>
        [.. (await ViewsAsync(rig, kpi, window)).Select(static v => (v.Start, (int)v.Num!, (int)v.Den!))];

    private static string Gauge(string device, DateTimeOffset at, double depth) =>
        Lines.Line("flood", [("category", "component.public_utility"), ("device", device), ("district", "140403")], [("depth", depth)], at.ToUnixNs());

    private static string Noise(string device, DateTimeOffset at, double level) => Lines.Line("noise", [("category", "1"), ("device", device), ("district", "140403")], [("leq", level)], at.ToUnixNs());

    private static string Ticket(string id, string category, DateTimeOffset at, string grid, double lat, double lon) =>
        Lines.Line("hotline_ticket", [("category", category), ("district", "140403"), ("grid", grid), ("state", "accepted")], [("case_id", id), ("lat", lat), ("lon", lon)], at.ToUnixNs() + id[0]);
}
