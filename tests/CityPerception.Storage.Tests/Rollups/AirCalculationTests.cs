using CityPerception.Core.Channels;
using static CityPerception.Storage.Tests.Rollups.StandardsRig;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>The air quality index of a district and the city, from what stations sent.</summary>
public sealed class AirCalculationTests
{
    // The mean of 60 and 100 is 80: by 2026 100 + 50·20/55, by 2012 100 + 50·5/40; the mean of both stations' indices would be 118.5.
    [Theory]
    [InlineData("", "119 PM2.5")]
    [InlineData("\nstandards: { air: 2012 }", "107 PM2.5")]
    public async Task AqiHour_TwoStations_IsTheIndexOfTheirMean(string standards, string shown)
    {
        await using RollupRig rig = await StartAsync("air.aqi_hour", "1h", standards: standards);
        string[] values = await rig.ShowAsync(ViewWindow.Hour, Midnight, [.. Minutes("air_quality", "a", Midnight, 60, [("pm25", 60d)]), .. Minutes("air_quality", "b", Midnight, 60, [("pm25", 100d)])]);
        Assert.Equal([$"140400/ {shown}", $"140403/ {shown}"], values);
    }

    [Theory]
    [InlineData(45, 2)]
    [InlineData(40, 0)]
    public async Task AqiHour_MinutesOfData_MustBe45(int minutes, int values)
    {
        await using RollupRig rig = await StartAsync("air.aqi_hour", "1h");
        Assert.Equal(values, (await rig.ShowAsync(ViewWindow.Hour, Midnight, Minutes("air_quality", "a", Midnight, minutes, [("pm25", 60d)]))).Length);
    }

    [Fact]
    public async Task AqiHour_MeanOfALogger_ComesBeforeItsSamples()
    {
        await using RollupRig rig = await StartAsync("air.aqi_hour", "1h", "by: device");
        string[] values = await rig.ShowAsync(ViewWindow.Hour, Midnight, [.. Minutes("air_quality", "a", Midnight, 60, [("pm25", 60d)]), Line("air_quality", "a", Midnight.AddSeconds(1), [("pm25_avg", 115d), ("period", "hour")])]);
        Assert.Equal(["140400/a 150 PM2.5", "140403/a 150 PM2.5"], values);
    }

    // Eight hours of 200 give 137 (100 + 50·40/55); an hour of 200 alone would give 100.
    [Fact]
    public async Task AqiDay_EightHoursOfOzone_AreItsPrimaryPollutant()
    {
        await using RollupRig rig = await StartAsync("air.aqi_day", "1d");
        IEnumerable<string> lines = Enumerable.Range(0, 24).SelectMany(h => Minutes("air_quality", "a", Midnight.AddHours(h), 60, [("o3", h is >= 10 and < 18 ? 200d : 40d), ("no2", 20d)]));
        Assert.Equal(["140400/ 137 O3", "140403/ 137 O3"], await rig.ShowAsync(ViewWindow.Day, Midnight, [.. lines]));
    }

    [Theory]
    [InlineData(20, 2)]
    [InlineData(19, 0)]
    public async Task AqiDay_Hours_MustBeTwenty(int hours, int values)
    {
        await using RollupRig rig = await StartAsync("air.aqi_day", "1d");
        Assert.Equal(values, (await rig.ShowAsync(ViewWindow.Day, Midnight, [.. Enumerable.Range(0, hours).SelectMany(h => Minutes("air_quality", "a", Midnight.AddHours(h), 60, [("no2", 20d)]))])).Length);
    }

    [Fact]
    public async Task GoodDays_LateDataOfADay_RestateTheDaysAfterIt()
    {
        const string Good = """

              good:
                name: { zh: 试, en: test }
                description: { zh: 试, en: test }
                defined_by: default
                unit: d
                better: higher
                windows: [1d]
                inputs: { x: { calculate: air.good_days } }
                value: x
            """;
        await using RollupRig rig = await StartAsync("air.aqi_day", "1d", Good);
        await rig.RunAsync();
        for (int day = 0; day < 3; day++)
        {
            await rig.StoreAsync(Day(Midnight.AddDays(day), day == 1 ? 80 : 60));
            rig.Clock.SetUtcNow(Midnight.AddDays(day + 1).AddSeconds(5));
            await rig.RunAsync();
        }

        double[] good = await GoodAsync();
        Assert.Equal([1, 1, 2], good);
        await rig.StoreAsync(Day(Midnight, 100));
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        await rig.RunAsync();
        good = await GoodAsync();
        Assert.Equal([0, 0, 1], good);

        static string[] Day(DateTimeOffset midnight, double pm25) => [.. Enumerable.Range(0, 24).Select(h => Line("air_quality", "a", midnight.AddHours(h), [("pm25_avg", pm25), ("period", "hour")]))];
        async Task<double[]> GoodAsync() => [.. (await rig.Views.ReadAsync(new("environment", ViewWindow.Day, Midnight, Midnight.AddDays(3)) { Kpi = "good", District = "140400" }, TestContext.Current.CancellationToken)).Select(static v => v.Value)];
    }
}
