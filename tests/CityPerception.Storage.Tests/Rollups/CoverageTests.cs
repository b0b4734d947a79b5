using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>How many of the expected samples a value is made of, and that with too few of them it is not called good.</summary>
public sealed class CoverageTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero); // 16:00 in Shanghai

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hour_OfADeviceThatFellSilent_HasTheShareThatCameAndNoLevelUntilTheRestComes()
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync([.. Minutes("a", Start, 180), .. Minutes("a", Start.AddHours(3), 24)]);
        await RunAtAsync(rig, Start.AddHours(4));
        Assert.Equal([1, 1, 1, 0.4], (await HoursAsync(rig, 4)).Select(static v => v.Coverage!.Value));
        ChannelView last = (await HoursAsync(rig, 4))[3];
        Assert.Equal(Level.Unknown, last.Level);
        Assert.Equal("40 % of the expected samples, 75 % are needed", LevelReason.Of(rig.Channel.Kpis[0], last)!.En);

        await rig.StoreAsync([.. Minutes("a", Start.AddHours(3).AddMinutes(24), 30)]);
        await rig.RunAsync();
        last = (await HoursAsync(rig, 4))[3];
        Assert.Equal((0.9, Level.Green, 1), (last.Coverage, last.Level, last.Revision));
        Assert.Null(LevelReason.Of(rig.Channel.Kpis[0], last));
    }

    /// <summary>That all is well cannot be said while half is missing; that something is wrong can.</summary>
    [Theory]
    [InlineData(55, Level.Unknown)]
    [InlineData(65, Level.Yellow)]
    [InlineData(75, Level.Orange)]
    [InlineData(95, Level.Red)]
    public async Task Hour_WithLittleCoverage_ShowsWhatIsBadAndWhyItMayBeWorse(double leq, Level expected)
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync([.. Minutes("a", Start, 60), .. Minutes("a", Start.AddHours(1), 24, leq: leq)]);
        await RunAtAsync(rig, Start.AddHours(2));
        ChannelView hour = (await HoursAsync(rig, 2))[1];
        Assert.Equal((0.4, expected), (hour.Coverage, hour.Level));
        Assert.Equal("40 % of the expected samples, 75 % are needed", LevelReason.Of(rig.Channel.Kpis[0], hour)!.En);
    }

    [Fact]
    public async Task Hour_OfManholesHalfOfWhichAreSilent_ShowsThoseThatAreOpen()
    {
        await using RollupRig rig = await RollupRig.StartAsync(
            ChannelText.OneKpi("1h", "{ open: { distinct: manhole.device, where: { open: 1 } } }", "value: open", more: "min_coverage: 0.75\n    levels: { green: 0, yellow: 1, orange: 2 }"), Start);
        await rig.RunAsync();
        for (int device = 0; device < 6; device++)
        {
            int hours = device < 3 ? 3 : 1; // the others fall silent
            await rig.StoreAsync([.. Enumerable.Range(0, 60 * hours).Select(i => Lines.Line("manhole", [("device", $"m{device}"), ("district", "140403")], [("open", i < 120 ? 0 : 1)], Start.AddMinutes(i).ToUnixNs()))]);
        }

        await RunAtAsync(rig, Start.AddHours(3));
        Assert.Equal([(0, Level.Green), (0, Level.Unknown), (3, Level.Red)], (await HoursAsync(rig, 3)).Select(static v => ((int)v.Value, v.Level)));
    }

    [Fact]
    public async Task Hour_WithASilentNeighbour_ExpectsItForADay()
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync([.. Minutes("gone", Start, 60), .. Minutes("here", Start, 27 * 60)]);
        await RunAtAsync(rig, Start.AddHours(26));
        IReadOnlyList<ChannelView> hours = await HoursAsync(rig, 26);
        Assert.Equal(1, hours[0].Coverage);
        Assert.All(hours.Skip(1).Take(23), static v => Assert.Equal(0.5, v.Coverage));
        Assert.All(hours.Skip(24), static v => Assert.Equal(1, v.Coverage));
        // Of the 16 hours of its first civil day: 60 + 8 · 60 of 60 + 2 · 60 · 7 …
        ChannelView day = await DayAsync(rig, Start.AddHours(-16));
        Assert.Equal((60.0 + 8 * 60) / (2 * 8 * 60), day.Coverage!.Value, 9);
    }

    [Fact]
    public async Task Hour_OfASeldomDevice_IsCoveredWhileItsLastSampleHolds()
    {
        await using RollupRig rig = await StartAsync();
        await rig.StoreAsync([.. Minutes("often", Start, 16 * 60), .. Enumerable.Range(0, 3).Select(i => Noise("seldom", Start.AddHours(4 * i)))]);
        await RunAtAsync(rig, Start.AddHours(16));
        double[] coverage = [.. (await HoursAsync(rig, 16)).Select(static v => v.Coverage!.Value)];
        Assert.All(coverage[4..13], static c => Assert.Equal(1, c));
        Assert.Equal(60.0 / 61, coverage[15], 9);
    }

    [Fact]
    public async Task Hour_OfASourceWithASchedule_ExpectsWhatItSays()
    {
        await using RollupRig rig = await StartAsync(schedules: ImmutableDictionary<string, TimeSpan>.Empty.Add("meter", TimeSpan.FromSeconds(30)));
        await rig.StoreAsync([.. Minutes("a", Start, 60, "meter")]);
        await RunAtAsync(rig, Start.AddHours(1));
        Assert.Equal(0.5, (await HoursAsync(rig, 1))[0].Coverage);
    }

    [Fact]
    public async Task Minute_ExpectsWhatTheHoursBeforeHadAndIsRestatedWithThem()
    {
        await using RollupRig rig = await StartAsync("1m");
        await rig.StoreAsync([.. Minutes("a", Start, 90), .. Minutes("b", Start, 70)]);
        await RunAtAsync(rig, Start.AddMinutes(90));
        Assert.Null((await ViewAsync(rig, ViewWindow.Minute, Start.AddMinutes(10))).Coverage);
        Assert.Equal(1, (await ViewAsync(rig, ViewWindow.Minute, Start.AddMinutes(65))).Coverage);
        Assert.Equal(0.5, (await ViewAsync(rig, ViewWindow.Minute, Start.AddMinutes(75))).Coverage);

        await rig.StoreAsync([.. Minutes("c", Start, 60)]);
        await rig.RunAsync();
        Assert.Equal(2.0 / 3, (await ViewAsync(rig, ViewWindow.Minute, Start.AddMinutes(65))).Coverage!.Value, 9);
    }

    [Fact]
    public async Task Hour_OfAnOfficeWithASchedule_IsOfItsDistricts()
    {
        const string kpi = "{ answered: { sum: hotline_call.answered } }";
        await using RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi("1h", kpi, "value: answered"), Start, schedules: ImmutableDictionary<string, TimeSpan>.Empty.Add("calls", TimeSpan.FromMinutes(1)));
        await rig.RunAsync();
        await rig.StoreAsync([.. Enumerable.Range(0, 60).Select(static i => Calls("140403", Start.AddMinutes(i))), .. Enumerable.Range(0, 15).Select(static i => Calls("140404", Start.AddMinutes(i)))]);
        await RunAtAsync(rig, Start.AddHours(1));
        Assert.Equal(75.0 / 120, (await HoursAsync(rig, 1))[0].Coverage);
    }

    [Fact]
    public async Task Hour_OfCases_ExpectsNothing()
    {
        await using RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi("1h", "{ n: { count: incident.case_id } }", "value: n"), Start);
        await rig.RunAsync();
        await rig.StoreAsync(RollupTests.Incident(Start, 1, "140403"));
        await RunAtAsync(rig, Start.AddHours(1));
        Assert.Null((await HoursAsync(rig, 1))[0].Coverage);
    }

    private static async Task<RollupRig> StartAsync(string windows = "1h, 1d", ImmutableDictionary<string, TimeSpan>? schedules = null)
    {
        RollupRig rig = await RollupRig.StartAsync(ChannelText.OneKpi(windows, "{ l: { energy: noise.leq } }", "value: l", more: "min_coverage: 0.75\n    levels: { green: 60, yellow: 70, orange: 80 }"), Start, schedules: schedules);
        await rig.RunAsync();
        return rig;
    }

    private static async Task RunAtAsync(RollupRig rig, DateTimeOffset now)
    {
        rig.Clock.SetUtcNow(now.AddSeconds(5));
        await rig.RunAsync();
    }

    private static async Task<IReadOnlyList<ChannelView>> HoursAsync(RollupRig rig, int hours) =>
        await rig.Views.ReadAsync(new ViewQuery("city", ViewWindow.Hour, Start, Start.AddHours(hours)) { District = "140400" }, Ct);

    private static async Task<ChannelView> ViewAsync(RollupRig rig, ViewWindow window, DateTimeOffset start) =>
        Assert.Single(await rig.Views.ReadAsync(new ViewQuery("city", window, start, start.AddSeconds(1)) { District = "140403" }, Ct));

    private static async Task<ChannelView> DayAsync(RollupRig rig, DateTimeOffset start) => await ViewAsync(rig, ViewWindow.Day, start);

    private static IEnumerable<string> Minutes(string device, DateTimeOffset from, int minutes, string source = "", double leq = 55) => Enumerable.Range(0, minutes).Select(i => Noise(device, from.AddMinutes(i), source, leq));

    private static string Noise(string device, DateTimeOffset at, string source = "", double leq = 55) => Lines.Line("noise", [("device", device), ("district", "140403"), ("source", source)], [("leq", leq)], at.ToUnixNs());

    private static string Calls(string district, DateTimeOffset at) => Lines.Line("hotline_call", [("district", district), ("source", "calls")], [("answered", 3)], at.ToUnixNs());
}
