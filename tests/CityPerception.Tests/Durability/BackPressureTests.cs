using CityPerception.Hosting;
using CityPerception.Sources.Mqtt;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Sources;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>More comes than can be taken: senders wait, nobody is closed for it, memory stays, and everything is taken in the end.</summary>
public sealed class BackPressureTests
{
    private const int Connections = 200, MessagesEach = 60, MessageBytes = 20_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_SpoolFullAndManyConnections_WaitsWithoutMemoryOrLossOrKeepAlive()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(
            data.Path, null, [.. set, "Spool:SegmentBytes=1048576", "Spool:MaxBytes=4194304", "Spool:MemoryBytes=4194304"], environment);
        await FullSpool.FillAsync(server);

        List<RawMqtt> senders = [];
        try
        {
            for (int i = 0; i < Connections; i++) senders.Add(await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, $"sender-{i}", keepAlive: 1)));
            long before = server.ResidentBytes;
            Task[] sending = [.. senders.Select((sender, i) => SendAsync(sender, i))];
            // Who is silent is closed in the usual time, so the senders have been left unread for longer than their keep-alive.
            for (int i = 0; i < 2; i++)
            {
                await using RawMqtt silent = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, "silent", keepAlive: 1));
                Assert.Null(await silent.ReadAsync());
            }

            long grown = server.ResidentBytes - before;
            Assert.True(grown < 130 << 20, $"grew by {grown >> 20} MiB with {Connections * MessagesEach * MessageBytes >> 20} MiB offered");
            Assert.Equal(0, await server.MetricAsync("cityperception_ingest_acknowledged_total", "mqtt"));

            await influx.StartAgainAsync(Ct);
            await Task.WhenAll(sending);
            foreach (RawMqtt sender in senders)
                for (int id = 1; id <= MessagesEach; id++) Assert.Equal(id, await sender.ReadPubAckAsync());
        }
        finally
        {
            foreach (RawMqtt sender in senders) await sender.DisposeAsync();
        }

        await server.WaitUntilDrainedAsync();
        Assert.Equal(Connections * MessagesEach, await influx.CountAsync(database, "air_quality", "pm25", Ct));
    }

    [Fact]
    public void IsOpen_OthersFlood_StillForWhoHasNothingUnderWay()
    {
        var options = new MqttOptions { MaxInFlight = 10, MaxUnacknowledgedBytes = 2_000, MaxUnacknowledgedBytesInAll = 3_000 };
        var total = new InFlightTotal();
        InFlightWindow flood = new(options, total), second = new(options, total), quiet = new(options, total);

        flood.Enter(1, 1_500);
        Assert.True(flood.IsOpen);
        flood.Enter(1, 500);
        Assert.False(flood.IsOpen); // its own bytes
        second.Enter(1, 1_000);
        Assert.False(second.IsOpen); // those of all
        Assert.True(quiet.IsOpen);

        flood.Close();
        Assert.Equal(1_000, total.Bytes);
        Assert.True(second.IsOpen);
        second.Enter(9, 0);
        Assert.False(second.IsOpen); // its own messages
        second.Leave(10, 1_000);
        Assert.True(second.IsOpen);
        flood.Leave(2, 2_000); // on its way out when it was closed
        Assert.Equal(0, total.Bytes);
    }

    private static async Task SendAsync(RawMqtt sender, int device)
    {
        for (ushort id = 1; id <= MessagesEach; id++)
            await sender.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic($"AQ-{device}"), id, Air.Message($"AQ-{device}", Air.TimeMs + id).PadRight(MessageBytes)));
    }
}
