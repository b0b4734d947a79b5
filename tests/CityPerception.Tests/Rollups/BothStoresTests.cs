using CityPerception.Channels;
using CityPerception.Core.Channels;
using CityPerception.Storage.Rollups;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.Storage.Stores.InfluxDb;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.Rollups;

/// <summary>A city shows the same whichever store it has: all shipped channels over the same hours, on DuckDB and on a real InfluxDB.</summary>
public sealed class BothStoresTests
{
    private const double Tolerance = 1e-9;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ShippedChannels_OverTheSameHoursWithLateAndRepeatedData_AreTheSameOnBothStores()
    {
        DateTimeOffset start = City.Morning.ToUniversalTime();
        await using InfluxServer server = await InfluxServer.StartAsync(Ct);
        using var folder = new TempFolder();
        var options = new InfluxOptions { Url = server.Url.AbsoluteUri, Database = InfluxServer.NewDatabaseName(), User = server.User, Password = server.Password };
        await using var influx = new CityRollups(new InfluxStore(options, static () => Ingest.Plan.Measurements, NullLogger<InfluxStore>.Instance, TimeProvider.System), start);
        await using var duck = new CityRollups(new DuckDbStore(new DuckDbOptions { Path = folder.File("store.duckdb") }, static () => Ingest.Plan.Measurements, NullLogger<DuckDbStore>.Instance), start);

        List<string[]> arrivals = CityHours.Arrivals(start, TimeSpan.FromMinutes(30));
        foreach (CityRollups rollups in new[] { influx, duck }) await CityHours.LiveAsync(rollups, arrivals, start);

        await CompareAsync(influx, duck, start.AddDays(-3), start.AddDays(2));
        await CompareNowAsync(influx, duck);
    }

    private static async Task CompareAsync(CityRollups influx, CityRollups duck, DateTimeOffset from, DateTimeOffset to)
    {
        List<string> wrong = [];
        int compared = 0, withSamples = 0, restated = 0;
        foreach (string channel in Ingest.Plan.Channels.Keys)
        {
            foreach (ViewWindow window in CityRollups.Windows)
            {
                var expected = await influx.ViewsAsync(channel, window, from, to);
                var found = await duck.ViewsAsync(channel, window, from, to);
                wrong.AddRange(expected.Keys.Except(found.Keys).Select(k => $"{channel} {window} {k}: in InfluxDB only"));
                wrong.AddRange(found.Keys.Except(expected.Keys).Select(k => $"{channel} {window} {k}: in DuckDB only"));
                foreach (((string, ViewKey, DateTimeOffset) id, ChannelView view) in found)
                {
                    if (!expected.TryGetValue(id, out ChannelView? other)) continue;
                    compared++;
                    if (view.Samples > 0) withSamples++;
                    if (view.Revision > 0) restated++;
                    if (!AreAlike(view, other)) wrong.Add($"{channel} {window}: InfluxDB has {other}, DuckDB {view}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared} differ: {string.Join('\n', wrong.Take(20))}");
        Assert.True(withSamples > 1_000 && restated > 100, $"{compared} compared, {withSamples} with samples, {restated} restated");
    }

    private static bool AreAlike(ChannelView a, ChannelView b) =>
        Near(a.Value, b.Value) && Near(a.Num, b.Num) && Near(a.Den, b.Den) && Near(a.Coverage, b.Coverage)
        && (a.Samples, a.Level, a.OwnLevel, a.Void, a.Revision, a.Text) == (b.Samples, b.Level, b.OwnLevel, b.Void, b.Revision, b.Text);

    private static bool Near(double? a, double? b) => a.HasValue == b.HasValue && (a == b || (double.IsNaN(a!.Value) && double.IsNaN(b!.Value)) || Math.Abs(a!.Value - b!.Value) <= Tolerance * Math.Max(Math.Abs(a.Value), Math.Abs(b.Value)));

    // What a screen gets, and the window before it.
    private static async Task CompareNowAsync(CityRollups influx, CityRollups duck)
    {
        Channel channel = Ingest.Plan.Channels["city"];
        string of = Ingest.Plan.City.Code;
        const ViewWindow window = ViewWindow.Minute;
        const string kpi = "incident_reported";
        CurrentSnapshot a = await new CurrentViews(new ViewReader(influx.Store), influx.Clock).ReadAsync(channel.Slug, window, Ingest.Plan.City);
        CurrentSnapshot b = await new CurrentViews(new ViewReader(duck.Store), duck.Clock).ReadAsync(channel.Slug, window, Ingest.Plan.City);
        CurrentView now = Assert.Single(b.Views[(kpi, of)]), other = Assert.Single(a.Views[(kpi, of)]);
        Assert.Equal((other.View.Start, other.View.Value), (now.View.Start, now.View.Value));
        Assert.Equal(ViewWindows.Back(window, now.View.Start, 1, Ingest.Plan.City.Zone), now.Previous!.Start);
        Assert.Equal(other.Previous!.Start, now.Previous.Start);
    }
}
