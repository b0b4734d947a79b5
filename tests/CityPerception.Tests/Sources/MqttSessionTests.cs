using System.Text;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources;

/// <summary>How connections begin and end, whichever way they come.</summary>
public sealed class MqttSessionTests(WireServer server) : IClassFixture<WireServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_RightBehindConnect_IsTakenAfterConnack(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.OpenAsync(server, wire);

        await raw.SendAsync((byte[])[.. RawMqtt.Connect(version, device), .. RawMqtt.Publish(version, Air.Topic(device), 1, Air.Message(device))]);

        Assert.Equal(0, (await raw.ReadAsync(0x20))[1]);
        Assert.Equal(1, await raw.ReadPubAckAsync());
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Publish_RightBehindARefusedConnect_IsNotTaken(Wire wire)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.OpenAsync(server, wire);

        // No name, and a session that lasts: 3.1.1 has no way to tell it a name.
        await raw.SendAsync((byte[])[.. RawMqtt.Connect(RawMqtt.V311, "", clean: false), .. RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 1, Air.Message(device))]);

        Assert.Null(await raw.ReadAsync());
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Publish_BeforeConnect_IsNotTaken(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.OpenAsync(server, wire);

        await raw.SendAsync((byte[])[.. RawMqtt.Publish(version, Air.Topic(device), 1, Air.Message(device)), .. RawMqtt.Connect(version, device)]);

        Assert.Null(await raw.ReadAsync());
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Connect_Twice_EndsTheConnectionAndTheFirstWillCounts(Wire wire, byte version)
    {
        string device = Air.NewDevice(), other = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, device, will: (Air.Topic(device), Air.Message(device))));
        await raw.SendAsync(RawMqtt.Connect(version, other, will: (Air.Topic(other), Air.Message(other))));

        if (version == RawMqtt.V5) Assert.Equal(0x82, (await raw.ReadAsync(0xE0))[0]); // protocol error
        Assert.Null(await raw.ReadAsync());
        await Until.TrueAsync("the will is stored", async () => (await server.PointsOfAsync(device)).Count > 0, Ct);
        Assert.Empty(await server.PointsOfAsync(other));
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Disconnect_RightBehindManyMessages_AllAreStoredAndTheWillIsNot(Wire wire, byte version)
    {
        string device = Air.NewDevice(), will = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, device, will: (Air.Topic(will), Air.Message(will))));

        await raw.SendAsync((byte[])[.. Enumerable.Range(1, 200).SelectMany(i => RawMqtt.Publish(version, Air.Topic(device), (ushort)i, Air.Message(device, Air.TimeMs + i))), 0xE0, 0]);
        await raw.ReadToEndAsync();

        Assert.Equal(200, (await server.PointsOfAsync(device)).Count);
        Assert.Empty(await server.PointsOfAsync(will));
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Break_UnderWay_WhatIsAcknowledgedIsStoredAndTheWillToo(Wire wire, byte version)
    {
        string device = Air.NewDevice(), will = Air.NewDevice();
        await using (RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, device, will: (Air.Topic(will), Air.Message(will)))))
        {
            await raw.SendAsync((byte[])[.. Enumerable.Range(1, 200).SelectMany(i => RawMqtt.Publish(version, Air.Topic(device), (ushort)i, Air.Message(device, Air.TimeMs + i)))]);
            for (int id = 1; id <= 50; id++) Assert.Equal(id, await raw.ReadPubAckAsync());
        }

        await Until.TrueAsync("the will is stored", async () => (await server.PointsOfAsync(will)).Count > 0, Ct);
        Assert.Superset(
            Enumerable.Range(1, 50).Select(i => (Air.TimeMs + i) * 1_000_000).ToHashSet(),
            (await server.PointsOfAsync(device)).Select(p => p.TimeNs).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task TakeOver_UnderWay_EndsTheOldConnectionAndAcknowledgesToTheNewOnlyItsOwn(Wire wire, byte version)
    {
        string device = Air.NewDevice(), quiet = $"quiet/{device}";
        await using RawMqtt old = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, device, clean: false));
        // Both ways: the lane's, and the broker's.
        await old.SendAsync((byte[])[.. Enumerable.Range(1, 100).SelectMany(i => RawMqtt.Publish(version, i % 2 == 0 ? quiet : Air.Topic(device), (ushort)i, Air.Message(device, Air.TimeMs + i)))]);

        await using RawMqtt next = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, device, clean: false));
        await next.SendAsync((byte[])[.. RawMqtt.Publish(version, Air.Topic(device), 1000, Air.Message(device, Air.TimeMs + 1000)), .. RawMqtt.Publish(version, quiet, 1001, "x")]);

        Assert.Equal((1000, 1001), (await next.ReadPubAckAsync(), await next.ReadPubAckAsync()));
        await old.ReadToEndAsync();
        Assert.Contains((Air.TimeMs + 1000) * 1_000_000, (await server.PointsOfAsync(device)).Select(p => p.TimeNs));
    }

    [Fact]
    public async Task KeepAlive_SilentConnections_AreClosedAndTheOthersAreNot()
    {
        await Task.WhenAll(Wires.AllVersions.Select(row => AssertKeepAliveAsync(row.Data.Item1, row.Data.Item2)));
    }

    // Keep-alive is one second: a connection is closed that has sent no whole packet for one and a half.
    private async Task AssertKeepAliveAsync(Wire wire, byte version)
    {
        string device = Air.NewDevice();
        await using RawMqtt silent = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, RawMqtt.NewName(), keepAlive: 1));
        await using RawMqtt half = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, RawMqtt.NewName(), keepAlive: 1));
        await using RawMqtt without = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, RawMqtt.NewName(), keepAlive: 0));
        await using RawMqtt busy = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(version, RawMqtt.NewName(), keepAlive: 1));
        Task[] ended = [AssertIsToldAndClosedAsync(silent, version), AssertIsToldAndClosedAsync(half, version)];
        await half.SendAsync(RawMqtt.Publish(version, Air.Topic(device), 1, Air.Message(device)).AsMemory()[..^1]);

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        ushort id = 0;
        for (Task all = Task.WhenAll(ended); !all.IsCompleted || id < 15;)
        {
            await pace.WaitForNextTickAsync(Ct);
            await busy.SendAsync(RawMqtt.Publish(version, Air.Topic(device), ++id, Air.Message(device, Air.TimeMs + id)));
            Assert.Equal(id, await busy.ReadPubAckAsync());
        }

        await Task.WhenAll(ended);
        await without.SendAsync((byte[])[0xC0, 0]);
        await without.ReadAsync(0xD0);
        Assert.Equal(id, (await server.PointsOfAsync(device)).Count);
    }

    private static async Task AssertIsToldAndClosedAsync(RawMqtt raw, byte version)
    {
        if (version == RawMqtt.V5) Assert.Equal(0x8D, (await raw.ReadAsync(0xE0))[0]); // keep alive timeout
        Assert.Null(await raw.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task ReceiveMaximum_OfASubscriber_IsNeverPassedAndItsOwnMessagesAreStillAcknowledged(Wire wire)
    {
        string device = Air.NewDevice(), topic = $"notes/{device}";
        await using RawMqtt subscriber = await RawMqtt.ConnectAsync(server, wire, RawMqtt.Connect(RawMqtt.V5, device, properties: [0x21, 0, 2]));
        await subscriber.SendAsync(RawMqtt.Subscribe(RawMqtt.V5, 1, topic));
        await subscriber.ReadAsync(0x90);
        await using RawMqtt sender = await RawMqtt.ConnectAsync(server, wire, RawMqtt.V5);
        for (ushort id = 1; id <= 5; id++) await sender.SendAsync(RawMqtt.Publish(RawMqtt.V5, topic, id, $"note {id}"));
        for (int id = 1; id <= 5; id++) Assert.Equal(id, await sender.ReadPubAckAsync());

        Queue<ushort> unacknowledged = [];
        for (int i = 1; i <= 2; i++) unacknowledged.Enqueue(await ReadNoteAsync(subscriber, i));
        // Whatever it asks for is answered, and no third note comes before the answers.
        await subscriber.SendAsync((byte[])[.. RawMqtt.Publish(RawMqtt.V5, "elsewhere", 9, "x"), .. RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 10, Air.Message(device))]);
        Assert.Equal((9, 10), (await subscriber.ReadPubAckAsync(), await subscriber.ReadPubAckAsync()));
        await subscriber.SendAsync((byte[])[0xC0, 0]);
        await subscriber.ReadAsync(0xD0);

        for (int i = 3; i <= 5; i++)
        {
            await subscriber.SendAsync(RawMqtt.Identified(0x40, unacknowledged.Dequeue()));
            unacknowledged.Enqueue(await ReadNoteAsync(subscriber, i));
        }
    }

    private static async Task<ushort> ReadNoteAsync(RawMqtt subscriber, int number)
    {
        byte[] body = await subscriber.ReadAsync(0x32);
        Assert.EndsWith($"note {number}", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        int topicLength = (body[0] << 8) | body[1];
        return (ushort)((body[2 + topicLength] << 8) | body[3 + topicLength]);
    }
}
