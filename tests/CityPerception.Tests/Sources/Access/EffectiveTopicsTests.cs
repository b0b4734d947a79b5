using System.Text;
using CityPerception.Core.Mapping;
using CsCheck;

namespace CityPerception.Tests.Sources.Access;

/// <summary>What the running broker grants a device, whichever way it tries: the topics in which a level is its id, and no others.</summary>
public sealed class EffectiveTopicsTests(AccessServer server) : IClassFixture<AccessServer>
{
    private const byte Refused = 0x87; // not authorised: MQTT 5.0, 2.4

    private static readonly Gen<string[]> Levels = Gen.OneOf("{own}", "{own}", "{other}", "{own}x", "x{own}", "city", "aq", "", "telemetry").Array[1, 4];

    /// <summary>Every way there is to reach a topic.</summary>
    public static TheoryData<string> Ways => ["publish", "retain", "alias", "exactly once", "at most once", "will", "subscribe", "subscribe below", "subscribe beside", "share"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Try_AnyTopicInEachWay_WorksForItsOwnAlone(string way)
    {
        (string own, string password) = await server.AddAsync();
        string other = (await server.AddAsync()).Device;
        int allowed = 0, refused = 0;
        await Levels.SampleAsync(async levels =>
        {
            string topic = string.Join('/', levels).Replace("{own}", own, StringComparison.Ordinal).Replace("{other}", other, StringComparison.Ordinal);
            if (topic.Length == 0) return; // no topic (4.7.3)
            bool isOwn = $"/{topic}/".Contains($"/{own}/", StringComparison.Ordinal) && way != "share"; // the broker has no shared subscriptions
            Assert.True(isOwn == await IsGrantedAsync(way, topic, own, password), $"{way} {topic} of {own}: {(isOwn ? "refused" : "granted")}");
            if (isOwn) allowed++;
            else refused++;
        }, iter: 60, threads: 1);
        Assert.True(refused > 5 && (allowed > 5 || way == "share"), $"{allowed} allowed, {refused} refused"); // else it shows nothing
    }

    [Fact]
    public async Task Hear_WhatOthersSendAndRetain_IsWhatItsSubscriptionsMayReach()
    {
        (string own, string password) = await server.AddAsync();
        (string other, string others) = await server.AddAsync();
        await using MqttPeer sender = await server.ConnectAsync(other, others);
        await using RawMqtt listener = await ConnectAsync(own, password);
        string last = $"city/{own}/{other}/last", before = $"city/{own}/{other}/retained";
        string[] topics = [$"city/aq/{other}/telemetry", $"{other}", $"{other}/{own}x", $"{own}/{other}/a", $"x/{other}"];
        Assert.True((await sender.PublishAsync(before, "r", retain: true)).IsSuccess);
        await sender.PublishAsync(topics[0], "r", retain: true);

        string[] filters = ["#", "+/#", "city/#", "city/aq/+/telemetry", $"{other}", $"{other}/#", $"{own}/#", $"city/{own}/#", $"+/{own}/#", $"$share/g/{other}/#"];
        HashSet<string> granted = [];
        HashSet<string> heard = [];
        for (ushort i = 0; i < filters.Length; i++)
        {
            await listener.SendAsync(RawMqtt.Subscribe(RawMqtt.V5, (ushort)(i + 1), filters[i], qos: 0));
            (byte first, byte[] body) = (0, []);
            while (first != 0x90)
            {
                (first, body) = await listener.ReadAsync() ?? throw new InvalidOperationException("closed");
                if (first != 0x90) heard.Add(TopicOf(body));
            }

            if (body[^1] < 0x80) granted.Add(filters[i]);
        }

        Assert.Equal([$"{own}/#", $"city/{own}/#"], granted.Order(StringComparer.Ordinal).OrderByDescending(f => f.StartsWith(own, StringComparison.Ordinal)));
        foreach (string topic in topics) await sender.PublishAsync(topic, "x");
        await sender.PublishAsync(last, "x");
        while (!heard.Contains(last)) heard.Add(TopicOf((await listener.ReadAsync())!.Value.Body));
        string[] expected = [.. topics.Append(before).Append(last).Where(t => granted.Any(f => TopicFilter.Matches(f, t)))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), heard.Order(StringComparer.Ordinal));
    }

    private static string TopicOf(byte[] publish) => Encoding.UTF8.GetString(publish.AsSpan(2, (publish[0] << 8) | publish[1]));

    // Each time a connection of its own: some of what is refused ends it.
    private async Task<bool> IsGrantedAsync(string way, string topic, string own, string password)
    {
        if (way == "will") return await server.TryConnectAsync(RawMqtt.V5, RawMqtt.NewName(), (own, password), (topic, "gone")) == 0;
        await using RawMqtt raw = await ConnectAsync(own, password);
        byte[] alias = [0x23, 0, 1];
        switch (way)
        {
            case "publish" or "retain":
                await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, topic, 1, "x", retain: way == "retain"));
                return await CodeAsync(raw, 0x40) != Refused;
            case "alias":
                await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, topic, 1, "x", properties: alias));
                return await CodeAsync(raw, 0x40) is { } set && set != Refused;
            case "exactly once":
                await raw.SendAsync(RawMqtt.Publish(RawMqtt.V5, topic, 1, "x", qos: 2));
                return await CodeAsync(raw, 0x50) is { } received && received != Refused;
            case "at most once":
                string mark = Guid.NewGuid().ToString("N");
                await raw.SendAsync((byte[])[.. RawMqtt.Publish(RawMqtt.V5, topic, 0, mark, qos: 0), .. RawMqtt.Publish(RawMqtt.V5, "nobody/known", 1, "x")]);
                Assert.Equal(Refused, await CodeAsync(raw, 0x40)); // answered when it is among the dead letters, so what came before it is there too
                return !(await server.LettersOfAsync(mark)).Any(l => l.Rejections[0].Reason is Core.Observations.RejectionReason.SenderForeign);
            default:
                string filter = way switch { "subscribe below" => topic + "/#", "subscribe beside" => topic + "/+", "share" => "$share/g/" + topic, _ => topic };
                await raw.SendAsync(RawMqtt.Subscribe(RawMqtt.V5, 1, filter));
                return await CodeAsync(raw, 0x90) is < 0x80;
        }
    }

    // The last byte that can be a reason: of an answer without one it is success (MQTT 5.0, 3.4.2.1).
    private static async Task<byte?> CodeAsync(RawMqtt raw, byte first)
    {
        while (await raw.ReadAsync() is { } packet)
        {
            if (packet.First == 0xE0) return null; // told to go
            if (packet.First != first) continue; // what is retained
            return first == 0x90 ? packet.Body[^1] : packet.Body.Length > 2 ? packet.Body[2] : (byte)0;
        }

        return null;
    }

    private Task<RawMqtt> ConnectAsync(string device, string password) => RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V5, RawMqtt.NewName(), login: (device, password)));
}
