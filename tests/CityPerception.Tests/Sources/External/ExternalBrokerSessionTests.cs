using CityPerception.Core.Observations;
using CityPerception.TestKit;
using CityPerception.Tests.Simulation;
using CityPerception.Tests.Support;
using MQTTnet;

namespace CityPerception.Tests.Sources.External;

/// <summary>What a broker keeps for a worker that is away, changed, or gone; and workers side by side.</summary>
public sealed class ExternalBrokerSessionTests
{
    private const string AirTopic = "city/aq/AQ-00001/telemetry", OldTopic = "city/old/1", NewTopic = "city/new/1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AfterMessagesCameWhileAway_TakesThemAll()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        var load = new BrokerLoad(broker.Port);
        await using (Server server = await Worker.StartAsync(data.Path, broker.Port)) Assert.Equal(0, (await server.StopAsync()).ExitCode);

        await load.PublishAsync(500, Ct);

        await using Server again = await Worker.StartAsync(data.Path, broker.Port);
        await Worker.WaitUntilStoredAsync(again, load.AcknowledgedCount);
        Assert.Equal(0, (await again.StopAsync()).ExitCode);
        Assert.Equal(load.Acknowledged.Order(), (await Worker.StoredAsync(data.Path)).Order());
    }

    [Fact]
    public async Task Start_TopicNoLongerInTheConfiguration_KeepsWhatWasQueuedAndEndsTheSubscription()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        string without = config.Read("sources/air-station.yaml");
        AddTopic(config, OldTopic);
        await using (Server server = await Worker.StartAsync(data.Path, broker.Port, config.Path, "Mqtt:Connections=1")) Assert.Equal(0, (await server.StopAsync()).ExitCode);
        using IMqttClient device = await MqttSender.ConnectAsync(broker.Port, "device", Ct);
        await device.PublishAsync(MqttSender.Message(OldTopic, NumberedLoad.Message(1)), Ct);

        config.Write("sources/air-station.yaml", without);
        await using Server again = await Worker.StartAsync(data.Path, broker.Port, config.Path, "Mqtt:Connections=1");

        await Until.TrueAsync("it says so", () => again.Printed.Contains($"no longer subscribed to {OldTopic}", StringComparison.Ordinal), Ct);
        await device.PublishAsync(MqttSender.Message(OldTopic, NumberedLoad.Message(2)), Ct); // nobody's
        await device.PublishAsync(MqttSender.Message(AirTopic, NumberedLoad.Message(3)), Ct);
        await Worker.WaitUntilStoredAsync(again, 1); // one connection: what came before is done with
        Assert.Equal(0, (await again.StopAsync()).ExitCode);
        Assert.Equal([(RejectionReason.SourceUnknown, OldTopic)], Worker.Letters(data.Path));
        Assert.Equal(new long[] { 3 }, await Worker.StoredAsync(data.Path));
    }

    [Fact]
    public async Task Save_OtherTopics_AreFollowedOnTheLiveConnections()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        string without = config.Read("sources/air-station.yaml");
        AddTopic(config, OldTopic);
        await using Server server = await Worker.StartAsync(data.Path, broker.Port, config.Path, "Mqtt:Connections=2");
        using IMqttClient device = await MqttSender.ConnectAsync(broker.Port, "device", Ct);
        await device.PublishAsync(MqttSender.Message(OldTopic, NumberedLoad.Message(1)), Ct);
        await Worker.WaitUntilStoredAsync(server, 1);

        config.Write("sources/air-station.yaml", without);
        AddTopic(config, NewTopic);

        await Until.TrueAsync("the old subscription is ended", () => Filters(data.Path) is var filters && filters.Contains(NewTopic) && !filters.Contains(OldTopic), Ct);
        await device.PublishAsync(MqttSender.Message(OldTopic, NumberedLoad.Message(2)), Ct); // nobody's
        for (int number = 3; number < 6; number++) await device.PublishAsync(MqttSender.Message(NewTopic, NumberedLoad.Message(number)), Ct);
        await Worker.WaitUntilStoredAsync(server, 4);
        Assert.Equal(0, await server.MetricAsync("cityperception_broker_connections_lost_total"));
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal(new long[] { 1, 3, 4, 5 }, (await Worker.StoredAsync(data.Path)).Order());
        Assert.Empty(Worker.Letters(data.Path));
    }

    [Theory]
    [InlineData("Mqtt:Group=city", "Mqtt:Connections=1", 1)] // the broker goes on sharing the messages out to all three
    [InlineData("Mqtt:Group=", "Mqtt:ClientId=renamed", 3)]
    public async Task Start_WithOtherSessions_EmptiesAndEndsThoseFromBefore(string group, string change, int sessions)
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        var load = new BrokerLoad(broker.Port);
        await using (Server server = await Worker.StartAsync(data.Path, broker.Port, null, group, "Mqtt:Connections=3")) Assert.Equal(0, (await server.StopAsync()).ExitCode);
        await load.PublishAsync(90, Ct);

        await using Server again = await Worker.StartAsync(data.Path, broker.Port, null, group, "Mqtt:Connections=3", change);
        await Until.TrueAsync("those from before are ended", () => Worker.Sessions(data.Path).Count == sessions && again.Printed.Contains("is emptied and ended", StringComparison.Ordinal), Ct);
        await load.PublishAsync(30, Ct); // for none of the old ones
        await Worker.WaitUntilStoredAsync(again, load.AcknowledgedCount);
        Assert.Equal(0, (await again.StopAsync()).ExitCode);
        Assert.Equal(load.Acknowledged.Order(), (await Worker.StoredAsync(data.Path)).Order());
    }

    [Fact]
    public async Task Publish_TwoWorkersOfAGroup_EachMessageIsTakenByOneOfThem()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data1 = new TempFolder();
        using var data2 = new TempFolder();
        await using Server first = await Worker.StartAsync(data1.Path, broker.Port, null, "Mqtt:Group=city"), second = await Worker.StartAsync(data2.Path, broker.Port, null, "Mqtt:Group=city");
        var load = new BrokerLoad(broker.Port);

        await load.PublishAsync(400, Ct);

        await Until.TrueAsync("both together have them", async () =>
            await first.MetricAsync("cityperception_dispatch_lines_written_total") + await second.MetricAsync("cityperception_dispatch_lines_written_total") >= load.AcknowledgedCount, Ct);
        Assert.Equal((0, 0), ((await first.StopAsync()).ExitCode, (await second.StopAsync()).ExitCode));
        long[] one = await Worker.StoredAsync(data1.Path), other = await Worker.StoredAsync(data2.Path);
        Assert.NotEmpty(one);
        Assert.NotEmpty(other);
        Assert.Equal(load.Acknowledged.Order(), one.Concat(other).Order());
    }

    [Fact]
    public async Task Start_MemoryOfTheSessionsDamaged_PutsItAsideAndWorks()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data.File("mqtt-sessions.json"), "{\"worker\":", Ct);

        await using Server server = await Worker.StartAsync(data.Path, broker.Port);

        Assert.Contains("mqtt-sessions.json cannot be read", server.Printed, StringComparison.Ordinal);
        Assert.Equal("{\"worker\":", await File.ReadAllTextAsync(data.File("mqtt-sessions.json.damaged"), Ct));
    }

    [Fact]
    public async Task Connect_UnderAnotherWorkersName_IsToldApart()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data1 = new TempFolder();
        using var data2 = new TempFolder();
        await using Server first = await Worker.StartAsync(data1.Path, broker.Port, null, "Mqtt:ClientId=same", "Mqtt:Connections=1");
        await using Server second = await Server.StartAsync(data2.Path, null, [$"Mqtt:Broker=mqtt://127.0.0.1:{broker.Port}", "Mqtt:ClientId=same", "Mqtt:Connections=1"]);

        await Until.TrueAsync("it says what is wrong", () => first.Printed.Contains("another client uses the client identifier same-0", StringComparison.Ordinal), Ct);
    }

    private static string[] Filters(string data) => [.. Worker.Sessions(data).Values.SelectMany(filters => filters)];

    private static void AddTopic(ConfigCopy config, string topic)
    {
        string text = config.Read("sources/air-station.yaml");
        const string Line = "mqtt: city/aq/+/telemetry";
        Assert.Contains(Line, text, StringComparison.Ordinal);
        config.Write("sources/air-station.yaml", text.Replace(Line, $"mqtt: [city/aq/+/telemetry, {topic}]", StringComparison.Ordinal));
    }
}
