using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Simulation;
using CityPerception.Tests.Sources.External;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.Sparkplug;

/// <summary>What nodes see of a server that begins, ends, or sits behind a broker of others. Real processes.</summary>
public sealed class SparkplugRestartTests
{
    private const string State = "spBv1.0/STATE/city";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_WithANodeThatIsNotBornAgain_AsksItAndItsDataAreReplayedOnceItIs()
    {
        using var data = new TempFolder();
        string name = EdgeNode.NewName();
        await using (Server first = await Server.StartAsync(data.Path))
        {
            await using EdgeNode node = await EdgeNode.ConnectAsync(first.MqttPort, name);
            await node.BirthAsync();
            await node.DataAsync(101, EdgeNode.Time + 1000);
            await first.KillAsync();
        }

        await using Server second = await Server.StartAsync(data.Path);
        await using EdgeNode again = await EdgeNode.ConnectAsync(second.MqttPort, name);
        byte[] unknown = await again.DataAsync(102, EdgeNode.Time + 2000);
        await again.ReceiveRebirthAsync();
        DeadLetter letter = Assert.Single(Letters(data));
        Assert.Equal(RejectionReason.AliasUnknown, letter.Reason);
        Assert.Equal(unknown, letter.Payload.ToArray());
        Assert.Contains($"no birth of changzhi/{name}/{again.Device} is known", letter.Rejections[0].Detail, StringComparison.Ordinal);
        Assert.Equal((0, 1), await ReplayAsync(second));

        await again.BirthAsync(EdgeNode.Time + 3000);
        Assert.Equal((1, 0), await ReplayAsync(second));
        await second.WaitUntilDrainedAsync();
        Assert.Equal(0, (await second.StopAsync()).ExitCode);
        Assert.Equal(
            [(0, 100.0), (1000, 101.0), (2000, 102.0), (3000, 100.0)],
            (await Kept.PointsAsync(data.Path, "lamp", "power")).Order().Select(p => (p.TimeNs / 1_000_000 - EdgeNode.Time, p.Value)));
    }

    [Fact]
    public async Task State_OfTheServer_IsRetainedAndEndsWithIt()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, ["Mqtt:Sparkplug:HostId=city"]);
        await using MqttPeer peer = await WatchAsync(server.MqttPort);
        AssertState(await peer.ReceiveAsync(), isOnline: true);

        Task<(int ExitCode, string, string)> stopping = server.StopAsync();
        AssertState(await peer.ReceiveAsync(), isOnline: false);
        Assert.Equal(0, (await stopping).ExitCode);
        Assert.Empty(Letters(data));
    }

    [Fact]
    public async Task Mosquitto_WithNodes_BringsBirthsAndDataInOrderAndTakesCommandsAndState()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await using Server server = await Worker.StartAsync(data.Path, broker.Port, null, "Mqtt:Sparkplug:HostId=city");
        await using MqttPeer watcher = await WatchAsync(broker.Port);
        AssertState(await watcher.ReceiveAsync(), isOnline: true);

        await using EdgeNode node = await EdgeNode.ConnectAsync(broker.Port, EdgeNode.NewName());
        await node.BirthAsync();
        for (int i = 1; i <= 100; i++) await node.DataAsync(100 + i, EdgeNode.Time + (i * 1000));
        await node.DataAsync(300, EdgeNode.Time + 200_000, skip: 1);
        await node.ReceiveRebirthAsync();

        await Worker.WaitUntilStoredAsync(server, 104); // and two births' status
        Assert.Equal(1, await server.MetricAsync("cityperception_sparkplug_gaps_total"));
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        AssertState(await watcher.ReceiveAsync(), isOnline: false);
        Assert.Equal(
            [.. Enumerable.Range(0, 101).Select(i => 100.0 + i), 300.0],
            (await Kept.PointsAsync(data.Path, "lamp", "power")).Order().Select(p => p.Value));
        Assert.Empty(Letters(data));
    }

    [Fact]
    public async Task Mosquitto_WhenTheServerIsKilled_SaysThatItIsOffline()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await using Server server = await Worker.StartAsync(data.Path, broker.Port, null, "Mqtt:Sparkplug:HostId=city");
        await using MqttPeer watcher = await WatchAsync(broker.Port);
        long born = AssertState(await watcher.ReceiveAsync(), isOnline: true);
        await server.KillAsync();
        Assert.Equal(born, AssertState(await watcher.ReceiveAsync(), isOnline: false)); // the standard's way to pair them
    }

    [Theory]
    [InlineData]
    [InlineData("Mqtt:Group=city")]
    public async Task Mosquitto_OfAWorker_BringsAllOfSparkplugByOneConnectionAndUnshared(params string[] set)
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await using Server server = await Worker.StartAsync(data.Path, broker.Port, null, set);
        string[] filters = [.. Worker.Sessions(data.Path).Values.SelectMany(f => f).Where(f => f.Contains("spBv1.0", StringComparison.Ordinal))];
        Assert.Equal(["spBv1.0/#"], filters);
    }

    // Somebody who wants to know whether the server is there.
    private static async Task<MqttPeer> WatchAsync(int port)
    {
        MqttPeer peer = await MqttPeer.ConnectAsync(MQTTnet.Formatter.MqttProtocolVersion.V500, o => o.WithTcpServer("127.0.0.1", port));
        await peer.SubscribeAsync(State);
        return peer;
    }

    private static IReadOnlyList<DeadLetter> Letters(TempFolder data) => Kept.AllLettersIn(data.Path);

    private static async Task<(int Replayed, int Rejected)> ReplayAsync(Server server)
    {
        using HttpResponseMessage answer = await server.Http.PostAsJsonAsync("/api/deadletters/replay", new { }, Ct);
        using JsonDocument result = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.True(answer.IsSuccessStatusCode, result.RootElement.GetRawText());
        JsonElement found = result.RootElement.GetProperty("result");
        return (found.GetProperty("replayed").GetInt32(), found.GetProperty("rejected").GetInt32());
    }

    private static long AssertState((string Topic, string Payload, bool Retain) message, bool isOnline)
    {
        Assert.Equal(State, message.Topic);
        using JsonDocument state = JsonDocument.Parse(message.Payload);
        Assert.Equal(isOnline, state.RootElement.GetProperty("online").GetBoolean());
        return state.RootElement.GetProperty("timestamp").GetInt64();
    }
}
