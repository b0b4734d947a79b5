using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>Somebody sets the wall clock while the server runs: an hour back, a day forward. What measures time by waiting does not notice.</summary>
public sealed class ClockStepTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_ClockSetBackAndForth_GoesOnAndLosesNothing()
    {
        using var clock = new SteppedClock();
        await using FarInflux store = await FarInflux.StartAsync();
        await using Server server = await store.StartServerAsync(environment: clock.Environment);
        GatewayLoad load = GatewayLoad.Start(server);
        await StoredMoreAsync(server);

        await UntilLeftAloneAsync(store, server, times: 1);
        clock.StepTo(TimeSpan.FromHours(-1)); // while the store is left alone, until a time that is now an hour off
        store.Network.Up();
        await StoredMoreAsync(server);

        await UntilLeftAloneAsync(store, server, times: 2);
        clock.StepTo(TimeSpan.FromDays(1));
        store.Network.Up();
        await StoredMoreAsync(server);
        await load.AcknowledgedAsync(200);
        // MQTTnet's keep-alive goes by the time of day: it may cut a connection at a step forward, whose gateway comes again.
        Assert.Equal(0, load.Refused);

        // What has no time of its own gets the clock's, as it is.
        using HttpResponseMessage taken = await server.PostAsync("/api/v2/write", "air_quality,device=clock,district=140403 pm10=1");
        Assert.True(taken.IsSuccessStatusCode);
        await store.AssertKeptAsync(server, load);
        (long timeNs, _) = Assert.Single(await Kept.PointsAsync(store.Influx, store.Database, "air_quality", "pm10"));
        TimeSpan off = DateTimeOffset.UnixEpoch.AddTicks(timeNs / 100) - TimeProvider.System.GetUtcNow();
        Assert.InRange(off, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    private static async Task StoredMoreAsync(Server server)
    {
        double before = await server.MetricAsync("cityperception_dispatch_lines_written_total");
        await Until.TrueAsync("more is stored", async () => await server.MetricAsync("cityperception_dispatch_lines_written_total") > before, Ct);
    }

    private static async Task UntilLeftAloneAsync(FarInflux store, Server server, int times)
    {
        store.Network.Down();
        await Until.TrueAsync("the store is left alone", () => server.Printed.Split("is left alone for").Length > times, Ct);
    }
}
