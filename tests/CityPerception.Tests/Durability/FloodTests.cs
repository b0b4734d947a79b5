using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>One client sends as fast as it can; what others send in the meantime is acknowledged and stored all the same.</summary>
public sealed class FloodTests
{
    private const int Quiet = 60;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task Flood_OneMqttConnection_OthersAreServed() =>
        AssertOthersAreServedAsync(server => ["--target", $"mqtt://127.0.0.1:{server.MqttPort}", "--connections", "1", "--window", "65535"]);

    [Fact]
    public Task Flood_HugeBatchesOfLines_OthersAreServed() =>
        AssertOthersAreServedAsync(server => ["--target", new Uri(server.Http.BaseAddress!, "/write").ToString(), "--connections", "2", "--batch", "10000"]);

    private static async Task AssertOthersAreServedAsync(Func<Server, string[]> flooding)
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, InfluxServer.NewDatabaseName());
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, set, environment);
        await using LoadClient flood = LoadClient.Start(flooding(server));
        await Until.TrueAsync("the flood has begun", async () => await AcceptedAsync(server) > 20_000, Ct);

        await using LoadClient others = LoadClient.Start(
            "--target", $"mqtt://127.0.0.1:{server.MqttPort}", "--target", server.Http.BaseAddress!.ToString(),
            "--connections", "4", "--devices", "20", "--rate", "30", "--messages", $"{Quiet}");
        JsonElement sums = await others.WaitAsync();
        Assert.Equal(Quiet, sums.GetProperty("acknowledged").GetInt32());
        string printed = "";
        await Until.TrueAsync("they are in the store", async () =>
        {
            (bool holds, printed) = await others.VerifyAsync(data.Path, set, environment);
            return holds;
        }, Ct);
        Assert.Contains($"stored {Quiet},", printed, StringComparison.Ordinal);

        double before = await AcceptedAsync(server);
        await Until.TrueAsync("the flood goes on", async () => await AcceptedAsync(server) > before, Ct);
        Assert.True(flood.IsRunning);
    }

    private static Task<double> AcceptedAsync(Server server) => server.MetricAsync("cityperception_ingest_observations_total");
}
