using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using static CityPerception.Storage.Tests.Rollups.StandardsRig;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>Noise, water and emissions against what their sites have to keep to.</summary>
public sealed class SiteCalculationTests
{
    // By day 60, by night 50 but for one loud hour before midnight.
    private static string[] NoiseDay(string device, string category, double day, double night, int dayFrom = 6) =>
        [.. Enumerable.Range(0, 24).Select(h => Line("noise", device, Midnight.AddHours(h), [("leq", h >= dayFrom && h < 22 ? day : night)], category))];

    [Theory]
    [InlineData("noise.ldn", "", "60")]
    [InlineData("noise.ld", "", "60")]
    [InlineData("noise.ln", "\nstandards: { noise_day: { from: 07:00, to: 22:00 } }", "53.01")] // 8 hours of 50 and one of 60: 10·lg((8·10^5 + 10^6)/9)
    public async Task Noise_OfADay_IsByThePeriodsOfTheCity(string calculation, string standards, string level)
    {
        await using RollupRig rig = await StartAsync(calculation, "1d", standards: standards);
        Assert.Equal([$"140400/ {level}", $"140403/ {level}"], await rig.ShowAsync(ViewWindow.Day, Midnight, NoiseDay("n1", "2", 60, 50)));
    }

    [Fact]
    public async Task NoiseOver_OfADay_IsTheWorstSiteAndPeriod()
    {
        await using RollupRig rig = await StartAsync("noise.over", "1h, 1d");
        string[] lines = [.. NoiseDay("n1", "2", 60, 54), .. NoiseDay("n2", "4a", 72, 50), .. NoiseDay("n3", "", 99, 99)];
        Assert.Contains("140400/ 4 n1 class 2 night", await rig.ShowAsync(ViewWindow.Day, Midnight, lines));
        Assert.Contains("140400/ 2 n2 class 4a day", await rig.ShowAsync(ViewWindow.Hour, Midnight.AddHours(10)));
    }

    [Theory]
    [InlineData("noise.day_met", "1")]
    [InlineData("noise.day_judged", "2")]
    [InlineData("noise.night_met", "1")]
    public async Task NoiseCompliance_SitesWithAClass_AreJudgedByPeriod(string calculation, string sites)
    {
        await using RollupRig rig = await StartAsync(calculation, "1d");
        Assert.Contains($"140400/ {sites}", await rig.ShowAsync(ViewWindow.Day, Midnight, [.. NoiseDay("n1", "2", 60, 54), .. NoiseDay("n2", "4a", 72, 50), .. NoiseDay("n3", "", 99, 99)]));
    }

    [Fact]
    public async Task WaterClass_ForSixHours_HoldsWhatWasMeasured()
    {
        await using RollupRig rig = await StartAsync("water.class", "1h", "by: device");
        string[] section = ["140400/w1 4 w1: nh3n; items do, nh3n", "140403/w1 4 w1: nh3n; items do, nh3n"];
        Assert.Equal(section, await rig.ShowAsync(ViewWindow.Hour, Midnight, Line("water_quality", "w1", Midnight, [("do", 6.5), ("nh3n", 1.2), ("tn", 9d)], "river")));
        Assert.Equal(section, await rig.ShowAsync(ViewWindow.Hour, Midnight.AddHours(5)));
        Assert.Empty(await rig.ShowAsync(ViewWindow.Hour, Midnight.AddHours(6)));
    }

    [Fact]
    public async Task WaterClass_LateMeasurement_RestatesTheHoursThatHoldIt()
    {
        await using RollupRig rig = await StartAsync("water.class", "1h");
        await rig.RunAsync();
        await rig.StoreAsync(Line("water_quality", "w1", Midnight, [("nh3n", 1.2)], "river"));
        rig.Clock.SetUtcNow(Midnight.AddHours(8));
        await rig.RunAsync();
        await rig.StoreAsync(Line("water_quality", "w1", Midnight, [("nh3n", 0.1)], "river"));
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        await rig.RunAsync();
        IReadOnlyList<ChannelView> hours = await rig.Views.ReadAsync(new("environment", ViewWindow.Hour, Midnight, Midnight.AddHours(8)) { District = "140400" }, TestContext.Current.CancellationToken);
        Assert.Equal([1, 1, 1, 1, 1, 1], hours.Select(static v => v.Value));
    }

    // The mean of 0.9 and 1.3 is 1.1, class IV; w2 has a target, w3 has none.
    [Theory]
    [InlineData("water.sections", "3")]
    [InlineData("water.good_sections", "2")]
    [InlineData("water.targeted", "2")]
    [InlineData("water.on_target", "1")]
    public async Task WaterCounts_SectionsOfADay_AreByMeansAndTargets(string calculation, string sections)
    {
        await using RollupRig rig = await StartAsync(calculation, "1d", sites: Sites("device,target\nw1,3\nw2,3\n", "device,so2\n"));
        string[] values = await rig.ShowAsync(ViewWindow.Day, Midnight, Line("water_quality", "w1", Midnight, [("nh3n", 0.9)], "river"), Line("water_quality", "w1", Midnight.AddHours(4), [("nh3n", 1.3)], "river"),
            Line("water_quality", "w2", Midnight, [("nh3n", 0.4)], "river"), Line("water_quality", "w3", Midnight, [("nh3n", 0.4)], "lake"));
        Assert.Contains($"140400/ {sections}", values);
    }

    // Dust converted to 80.5 against a permit of 35: 1.3 times over it, in the one hour that has 45 minutes.
    [Theory]
    [InlineData("emission.exceed_hours", "1 s1 dust")]
    [InlineData("emission.exceed_multiple", "1.3 s1 dust")]
    public async Task Emission_ConvertedMeans_AreJudgedByThePermit(string calculation, string shown)
    {
        await using RollupRig rig = await StartAsync(calculation, "1d", sites: Sites("device,target\n", "device,so2,dust\ns1,100,35\n"));
        string[] values = await rig.ShowAsync(ViewWindow.Day, Midnight,
            [.. Minutes("emission", "s1", Midnight, 45, [("dust", 30d), ("dust_zs", 80.5), ("so2", 20d)]), .. Minutes("emission", "s1", Midnight.AddHours(1), 40, [("dust_zs", 500d)]), .. Minutes("emission", "s2", Midnight, 60, [("dust_zs", 500d)])]);
        Assert.Contains($"140400/ {shown}", values);
    }

    [Fact]
    public async Task Discharge_OnlyMeansOfTheLogger_AreJudged()
    {
        await using RollupRig rig = await StartAsync("discharge.exceed_hours", "1h", sites: Sites("device,target\n", "device,cod\nd1,50\n"));
        Assert.Empty(await rig.ShowAsync(ViewWindow.Hour, Midnight, Minutes("discharge", "d1", Midnight, 60, [("cod", 90d)])));
        Assert.Contains("140400/ 1 d1 cod", await rig.ShowAsync(ViewWindow.Hour, Midnight, Line("discharge", "d1", Midnight.AddSeconds(1), [("cod_avg", 90d), ("period", "hour")])));
    }

    [Theory]
    [InlineData("device,target\nw1,6\n", "device,so2\n", "a class of GB 3838")]
    [InlineData("device,target\n", "device,so2\ns1,-5\n", "a limit over 0")]
    [InlineData("device,target\n", "device,so3\ns1,5\n", "did you mean so2")]
    public void Read_TableWithAFault_SaysWhatIsAllowed(string targets, string permits, string words)
    {
        var faults = new ConfigFaults();
        SiteLimits.Read(LookupReader.Read("lookups/water-targets.csv", targets, faults), LookupReader.Read("lookups/permits.csv", permits, faults), faults);
        Assert.Contains(words, Assert.Single(faults.All).ToString(), StringComparison.Ordinal);
    }

    private static SiteLimits Sites(string targets, string permits)
    {
        var faults = new ConfigFaults();
        SiteLimits sites = SiteLimits.Read(LookupReader.Read("lookups/water-targets.csv", targets, faults), LookupReader.Read("lookups/permits.csv", permits, faults), faults);
        Assert.Empty(faults.All);
        return sites;
    }
}
