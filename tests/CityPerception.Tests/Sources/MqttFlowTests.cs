using System.Collections.Immutable;
using CityPerception.Core.Queries;

namespace CityPerception.Tests.Sources;

/// <summary>Many messages of one connection under way at once.</summary>
public sealed class MqttFlowTests(MqttFlowTests.NarrowServer server) : IClassFixture<MqttFlowTests.NarrowServer>
{
    /// <summary>Takes fewer messages at once than its clients have under way.</summary>
    public sealed class NarrowServer : CityServer
    {
        protected override (string Key, string Value)[] Settings => [("Mqtt:MaxInFlight", "100")];
    }

    [Fact]
    public async Task Publish_FiveThousandWithAWindowOfFiveHundred_AreAcknowledgedInOrderAndStored()
    {
        const int Count = 5_000, Window = 500;
        string device = Air.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort);
        for (int acknowledged = 0, sent = 0; acknowledged < Count; acknowledged++)
        {
            int until = Math.Min(Count, acknowledged + Window);
            if (sent < until)
            {
                byte[] packets = [.. Enumerable.Range(sent + 1, until - sent).SelectMany(i => RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), (ushort)i, Air.Message(device, Air.TimeMs + i)))];
                await raw.SendAsync(packets);
                sent = until;
            }

            Assert.Equal(acknowledged + 1, await raw.ReadPubAckAsync());
        }

        IReadOnlyList<Point> points = await server.PointsOfAsync(device);
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (Air.TimeMs + i) * 1_000_000), points.Select(p => p.TimeNs));
    }

    [Fact]
    public async Task Publish_GoodAndBadUnderWayTogether_EachGetsItsOwnAnswer()
    {
        string device = Air.NewDevice();
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        ImmutableArray<bool> answers = [.. await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
            (await peer.PublishAsync(Air.Topic(device), i % 3 == 0 ? Air.BadMessage(device) : Air.Message(device, Air.TimeMs + i))).IsSuccess))];

        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 3 != 0), answers);
        Assert.Equal(200, (await server.PointsOfAsync(device)).Count);
        Assert.Equal(100, (await server.LettersOfAsync(Air.BadMessage(device))).Length);
    }
}
