using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Sources.Hj212;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>A logger's answer waits for the disk, and for nothing else.</summary>
public sealed class Hj212AnswerTests
{
    private static readonly string[] Listening = ["Hj212:Enabled=true", "Hj212:Port=0"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_SpoolFull_IsNotAnsweredInTimeAndWhenSentAgainWithRoomIsAnsweredAndStoredOnce()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, [.. set, .. Listening, .. FullSpool.Small, "Hj212:AnswerTimeout=00:00:01"], environment);
        await FullSpool.FillAsync(server);

        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server.PortOf("hj212"), Ct);
        Assert.False(await IsAnsweredAsync(logger));

        await influx.StartAgainAsync(Ct);
        await Until.TrueAsync("the frame, sent again, is answered", () => IsAnsweredAsync(logger), Ct);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(1, await influx.CountAsync(database, "air_quality", "pm25", Ct));
    }

    [Fact]
    public async Task Send_StoreDoesNotAnswer_IsAnsweredMeanwhile()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        await using Server server = await store.StartServerAsync(Listening);
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server.PortOf("hj212"), Ct);
        store.Network.HoldAnswers();

        const int frames = 50;
        for (int i = 0; i < frames; i++)
        {
            await logger.SendAsync(Frame(i), Ct);
            Assert.Contains($"QN={i};ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        }

        Assert.Equal(0, await server.MetricAsync("cityperception_dispatch_lines_written_total"));
        store.Network.ReleaseAnswers();
        await server.WaitUntilDrainedAsync();
        Assert.Equal(frames, await store.Influx.CountAsync(store.Database, "air_quality", "pm25", Ct));
    }

    // The answer to the request for the time, which needs no room, says that the frame before it was given up or answered.
    private static async Task<bool> IsAnsweredAsync(Hj212Logger logger)
    {
        await logger.SendAsync((byte[])[.. Frame(0), .. Hj212Logger.Frame("QN=T;ST=22;CN=1013;PW=1;MN=M1;Flag=5;CP=&&&&")], Ct);
        bool isAnswered = false;
        while (await logger.ReceiveAsync(Ct) is { } answer)
        {
            isAnswered |= answer.Contains("QN=0;ST=91;CN=9014;", StringComparison.Ordinal);
            if (answer.Contains("CN=1012;", StringComparison.Ordinal)) return isAnswered;
        }

        return false;
    }

    private static byte[] Frame(int second) => Hj212Logger.Frame(
        $"QN={second};ST=22;CN=2011;PW=1;MN=140403000A00000000000001;Flag=5;CP=&&DataTime=202611240930{second:00};a34004-Rtd=41&&");
}
