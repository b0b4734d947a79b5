using System.Net;
using CityPerception.Core.Observations;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Simulation;
using CityPerception.Tests.Support;
using MQTTnet;

namespace CityPerception.Tests.Sources.External;

/// <summary>A worker of a real mosquitto: what arrives, and what it says when it is not let in.</summary>
public sealed class ExternalBrokerTests
{
    private const string Secret = "correct-horse-77b1", Topic = "city/aq/AQ-00001/telemetry";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_ToMosquitto_IsStoredAndTheBadBecomesADeadLetter()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await using Server server = await Worker.StartAsync(data.Path, broker.Port);
        Assert.Equal(("healthy", $"4 connections to mqtt://127.0.0.1:{broker.Port}"), await server.ReadyAsync("external-broker"));

        await Tool.RunAsync("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", Topic, "-m", NumberedLoad.Message(1));
        await Tool.RunAsync("mosquitto_pub", "-p", $"{broker.Port}", "-q", "0", "-t", Topic, "-m", NumberedLoad.Message(2));
        await Tool.RunAsync("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-V", "5", "-D", "publish", "user-property", "a", "b", "-t", Topic, "-m", NumberedLoad.Message(3));
        await Tool.RunAsync("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", Topic, "-m", NumberedLoad.Message(7)); // its value is text

        await Worker.WaitUntilStoredAsync(server, 3);
        await Until.TrueAsync("all with QoS 1 are acknowledged", async () => await server.MetricAsync("cityperception_ingest_acknowledged_total", "air-station") == 3, Ct);
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal(new long[] { 1, 2, 3 }, (await Worker.StoredAsync(data.Path)).Order());
        Assert.Equal(new long[] { 7 }, Kept.LettersIn(data.Path));
    }

    [Fact]
    public async Task Publish_LargerThanIsTaken_BecomesADeadLetterAndTheNextIsStored()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        using var data = new TempFolder();
        await using Server server = await Worker.StartAsync(data.Path, broker.Port, null, "Mqtt:Connections=1", "Mqtt:MaxPacketBytes=2048");

        using IMqttClient device = await MqttSender.ConnectAsync(broker.Port, "device", Ct);
        await device.PublishAsync(MqttSender.Message(Topic, new string('x', 3_000_000)), Ct);
        await device.PublishAsync(MqttSender.Message(Topic, NumberedLoad.Message(1)), Ct);

        await Worker.WaitUntilStoredAsync(server, 1);
        Assert.Equal(0, await server.MetricAsync("cityperception_broker_connections_lost_total"));
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal([(RejectionReason.PayloadTooLarge, Topic)], Worker.Letters(data.Path));
    }

    [Fact]
    public async Task Connect_WrongPassword_SaysSoWithoutShowingItAndWorksOnceItIsRight()
    {
        using var files = new TempFolder();
        await Tool.RunAsync("mosquitto_passwd", "-b", "-c", files.File("passwords"), "sensor", Secret);
        await using Mosquitto broker = await Mosquitto.StartAsync($"password_file {files.File("passwords")}");
        using var data = new TempFolder();
        await using (Server server = await Server.StartAsync(data.Path, null, [$"Mqtt:Broker=mqtt://sensor:not-{Secret}@127.0.0.1:{broker.Port}", "Logging:Level=debug"]))
        {
            await Until.TrueAsync("the log says what is wrong", () => server.Printed.Contains("check Mqtt:User and Mqtt:Password", StringComparison.Ordinal), Ct);
            (string status, string reason) = await server.ReadyAsync("external-broker");
            Assert.Equal("degraded", status);
            Assert.Contains("0 of 4 connections", reason, StringComparison.Ordinal);
            Assert.Contains("the broker refuses us: NotAuthorized (0x87)", reason, StringComparison.Ordinal);
            using (HttpResponseMessage ready = await server.Http.GetAsync("/healthz/ready", Ct)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode); // the other ways in work
            (int exitCode, string output, string error) = await server.StopAsync();
            Assert.Equal(0, exitCode);
            Assert.All([reason, output, error], text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
            Assert.Single(output.Split('\n'), line => line.Contains("Trying again until it works", StringComparison.Ordinal)); // not one an attempt
        }

        await using Server right = await Server.StartAsync(data.Path, null, [$"Mqtt:Broker=mqtt://sensor@127.0.0.1:{broker.Port}"], [("CITYPERCEPTION_Mqtt__Password", Secret)]);
        await Worker.WaitUntilConnectedAsync(right);
    }

    [Fact]
    public async Task Connect_OverTls_WorksForTheAuthorityThatIsNamedAndForNoOther()
    {
        using var files = new TempFolder();
        TestAuthority.Write(files);
        await using Mosquitto broker = await Mosquitto.StartAsync($"allow_anonymous true\ncertfile {files.File("broker.pem")}\nkeyfile {files.File("broker.key")}");
        using var data = new TempFolder();
        string address = $"Mqtt:Broker=mqtts://127.0.0.1:{broker.Port}";
        await using (Server unknown = await Server.StartAsync(data.Path, null, [address]))
        {
            await Until.TrueAsync("it says what is wrong", () => unknown.Printed.Contains("Mqtt:CaFile names the authorities to trust", StringComparison.Ordinal), Ct);
            Assert.Equal("degraded", (await unknown.ReadyAsync("external-broker")).Status);
            Assert.Equal(0, (await unknown.StopAsync()).ExitCode);
        }

        await using Server server = await Server.StartAsync(data.Path, null, [address, $"Mqtt:CaFile={files.File("ca.pem")}"]);
        await Worker.WaitUntilConnectedAsync(server);
        await Tool.RunAsync("mosquitto_pub", "-p", $"{broker.Port}", "--cafile", files.File("ca.pem"), "-h", "127.0.0.1", "-q", "1", "-t", Topic, "-m", NumberedLoad.Message(1));
        await Worker.WaitUntilStoredAsync(server, 1);
    }

    [Fact]
    public async Task Subscribe_RefusedForOneTopic_NamesTopicAndCodeAndTakesTheOthers()
    {
        using var files = new TempFolder();
        await File.WriteAllTextAsync(files.File("rules.json"), """
            {"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true, "subscribe": true, "unsubscribe": true}, "clients": [],
             "groups": [{"groupname": "everybody", "roles": [{"rolename": "reader"}]}], "anonymousGroup": "everybody",
             "roles": [{"rolename": "reader", "acls": [{"acltype": "subscribeLiteral", "topic": "city/noise/+/telemetry", "allow": false}]}]}
            """, Ct);
        await using Mosquitto broker = await Mosquitto.StartAsync($"""
            allow_anonymous true
            plugin {DynamicSecurity()}
            plugin_opt_config_file {files.File("rules.json")}
            """);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, [$"Mqtt:Broker=mqtt://127.0.0.1:{broker.Port}"]);

        await Until.TrueAsync("readiness says it", async () => (await server.ReadyAsync("external-broker")).Reason.Contains("city/noise/+/telemetry: NotAuthorized (0x87)", StringComparison.Ordinal), Ct);
        Assert.Equal("degraded", (await server.ReadyAsync("external-broker")).Status);
        Assert.Equal(1, await server.MetricAsync("cityperception_broker_subscriptions_refused"));
        Assert.Contains("refuses the subscription to city/noise/+/telemetry: NotAuthorized (0x87)", server.Printed, StringComparison.Ordinal);

        await new BrokerLoad(broker.Port).PublishAsync(5, Ct);
        await Worker.WaitUntilStoredAsync(server, 5);
    }

    [Fact]
    public async Task Connect_BrokerWithoutMqtt5_WorksAndSaysThatItCannotShare()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using var old = new BrokerRelay(broker.Port, refusesV5: true);
        using var data = new TempFolder();
        var load = new BrokerLoad(broker.Port);
        await using (Server server = await Worker.StartAsync(data.Path, old.Port, null, "Mqtt:Group=city"))
        {
            Assert.Contains("has no shared subscriptions (it speaks MQTT 3.1.1): Mqtt:Group does nothing", server.Printed, StringComparison.Ordinal);
            await load.PublishAsync(5, Ct);
            await Worker.WaitUntilStoredAsync(server, 5);
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        await load.PublishAsync(10, Ct); // the session stays in 3.1.1 as well
        await using Server again = await Worker.StartAsync(data.Path, old.Port);
        await Worker.WaitUntilStoredAsync(again, load.AcknowledgedCount - 5);
        Assert.Equal(0, (await again.StopAsync()).ExitCode);
        Assert.Equal(load.Acknowledged.Order(), (await Worker.StoredAsync(data.Path)).Order());
    }

    [Theory]
    [InlineData("Mqtt:Broker must be an address", "Mqtt:Broker=tcp://user:" + Secret + "@host")]
    [InlineData("Mqtt:Group is 'a/b'", "Mqtt:Broker=mqtt://host", "Mqtt:Group=a/b")]
    [InlineData("Mqtt:CaFile: '/nowhere/ca.pem' cannot be read", "Mqtt:Broker=mqtts://host", "Mqtt:CaFile=/nowhere/ca.pem")]
    [InlineData("would be spoken to without TLS", "Mqtt:Broker=mqtt://host", "Mqtt:CaFile=/nowhere/ca.pem")]
    public async Task Start_SettingsThatCannotBe_EndsWithTheReason(string reason, params string[] set)
    {
        using var data = new TempFolder();
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["serve", "--data", data.Path, .. set.SelectMany(s => (string[])["--set", s])]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output + error, StringComparison.Ordinal);
    }

    // Debian has it in a folder of the architecture.
    private static string DynamicSecurity()
    {
        MissingServer.Find("mosquitto", "Debian: apt-get install mosquitto.");
        string? plugin = Directory.EnumerateFiles("/usr/lib", "mosquitto_dynamic_security.so", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).FirstOrDefault();
        if (plugin is null) Assert.Skip("mosquitto's dynamic security plugin, which can refuse a subscription, is not where Debian has it.");
        return plugin;
    }
}
