namespace CityPerception.Tests.Sources;

/// <summary>Streams as networks and strangers make them. A failure names its seed, which makes the same stream again.</summary>
public sealed class MqttStreamTests(WireServer server) : IClassFixture<WireServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Wires.AllVersions), MemberType = typeof(Wires))]
    public async Task Stream_CutAnywhere_IsAnsweredAndStoredAsInOnePiece(Wire wire, byte version)
    {
        foreach (int largest in (int[])[1, 7, 200, 5_000, int.MaxValue])
        {
            int seed = Random.Shared.Next();
            var random = new Random(seed);
            string device = Air.NewDevice();
            (byte[] stream, List<(byte First, ushort Id)> answers, int points) = Mixed(version, device, largest == 1 ? 10 : 60);
            await using RawMqtt raw = await RawMqtt.ConnectAsync(server, wire, version);

            // Reading meanwhile: a server that is not read stops reading.
            Task<List<(byte, ushort)>> answered = ReadAsync(raw, answers.Count);
            for (int at = 0; at < stream.Length;)
            {
                int length = Math.Min(stream.Length - at, largest == int.MaxValue ? stream.Length : random.Next(1, largest + 1));
                await raw.SendAsync(stream.AsMemory(at, length));
                at += length;
            }

            // PUBACKs keep their order, and PUBRECs theirs (4.6); between the two there is none.
            List<(byte First, ushort Id)> found = await answered;
            foreach (byte first in (byte[])[0x40, 0x50, 0xD0])
                Assert.True(answers.Where(a => a.First == first).SequenceEqual(found.Where(a => a.First == first)), $"seed {seed}, at most {largest}: {string.Join(' ', found)}");
            Assert.True(points == (await server.PointsOfAsync(device)).Count, $"seed {seed}, at most {largest}");
        }
    }

    [Theory]
    [MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Stream_OfGarbage_HarmsNobodyElse(Wire wire)
    {
        int seed = Random.Shared.Next();
        string device = Air.NewDevice();
        await using RawMqtt other = await RawMqtt.ConnectAsync(server, wire, RawMqtt.V5);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var random = new Random(seed + i);
            byte version = i % 2 == 0 ? RawMqtt.V311 : RawMqtt.V5;
            await using RawMqtt raw = await (i % 3 == 0 ? RawMqtt.OpenAsync(server, wire) : RawMqtt.ConnectAsync(server, wire, version));
            try
            {
                await raw.SendAsync(i % 4 == 0 ? Noise(random) : Damaged(random, version, $"damaged/{device}"));
            }
            catch (Exception e) when (e is IOException or System.Net.WebSockets.WebSocketException)
            {
                // Closed already, which is right.
            }
        }));

        await other.SendAsync(RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 1, Air.Message(device)));
        Assert.True(await other.ReadPubAckAsync() == 1, $"seed {seed}");
        await using RawMqtt late = await RawMqtt.ConnectAsync(server, wire, RawMqtt.V311);
        await late.SendAsync(RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 1, Air.Message(device)));
        Assert.True(await late.ReadPubAckAsync() == 1, $"seed {seed}");
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
        using HttpResponseMessage alive = await server.Http.GetAsync("/healthz/live", Ct);
        Assert.True(alive.IsSuccessStatusCode, $"seed {seed}");
    }

    // Good and bad messages of every quality, by the lane and by the broker, and what else a client says.
    private static (byte[] Stream, List<(byte First, ushort Id)> Answers, int Points) Mixed(byte version, string device, int count)
    {
        List<byte> stream = [];
        List<(byte, ushort)> answers = [];
        int points = 0;
        for (ushort id = 1; id <= count; id++)
        {
            string message = Air.Message(device, Air.TimeMs + id), topic = Air.Topic(device);
            bool isV5 = version == RawMqtt.V5;
            switch (id % 10)
            {
                case 0:
                    stream.AddRange([0xC0, 0]);
                    answers.Add((0xD0, 0));
                    continue;
                case 1:
                    stream.AddRange(RawMqtt.Publish(version, topic, id, Air.BadMessage(device)));
                    answers.Add((0x40, id));
                    continue;
                case 2:
                    stream.AddRange(RawMqtt.Publish(version, topic, id, message, qos: 2));
                    answers.Add((0x50, id));
                    break;
                case 3:
                    stream.AddRange(RawMqtt.Publish(version, topic, 0, message, qos: 0));
                    break;
                case 4:
                    stream.AddRange(RawMqtt.Publish(version, $"nowhere/{device}", id, "x"));
                    answers.Add((0x40, id));
                    continue;
                case 5:
                    stream.AddRange(RawMqtt.Publish(version, topic, id, message, properties: isV5 ? [0x23, 0, 3] : null));
                    answers.Add((0x40, id));
                    break;
                case 6 when id > 10:
                    stream.AddRange(RawMqtt.Publish(version, isV5 ? "" : topic, id, message.PadRight(300), properties: isV5 ? [0x23, 0, 3] : null));
                    answers.Add((0x40, id));
                    break;
                default:
                    stream.AddRange(RawMqtt.Publish(version, topic, id, message));
                    answers.Add((0x40, id));
                    break;
            }

            points++;
        }

        return ([.. stream], answers, points);
    }

    private static async Task<List<(byte, ushort)>> ReadAsync(RawMqtt raw, int count)
    {
        List<(byte, ushort)> answers = [];
        while (answers.Count < count && await raw.ReadAsync() is var (first, body)) answers.Add((first, body.Length < 2 ? (ushort)0 : (ushort)((body[0] << 8) | body[1])));
        return answers;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(1, 3_000)];
        random.NextBytes(noise);
        return noise;
    }

    // Packets of every type with some bytes changed, left out, or put in.
    private static byte[] Damaged(Random random, byte version, string topic)
    {
        List<byte> bytes = [];
        for (int i = 0; i < 20; i++)
        {
            List<byte> packet =
            [
                .. random.Next(7) switch
                {
                    0 => RawMqtt.Connect(version, topic, will: (topic, "gone")),
                    1 => RawMqtt.Subscribe(version, 1, topic + "/#"),
                    2 => RawMqtt.Identified((byte)(random.Next(4, 8) << 4), (ushort)random.Next(5)),
                    3 => RawMqtt.Packet((byte)(random.Next(16) << 4), [0, 1, 2, 3]),
                    4 => RawMqtt.Publish(version, topic, 3, "x", qos: 2, properties: [0x23, 0, 3]),
                    5 => [0xC0, 0],
                    _ => RawMqtt.Publish(version, topic, 2, Air.Message("x"), properties: [0x26, 0, 1, (byte)'a', 0, 1, (byte)'b']),
                },
            ];
            if (i > 3)
            {
                int at = random.Next(packet.Count);
                if (random.Next(3) == 0) packet.RemoveAt(at);
                else if (random.Next(2) == 0) packet.Insert(at, (byte)random.Next(256));
                else packet[at] = (byte)random.Next(256);
            }

            bytes.AddRange(packet);
        }

        return [.. bytes];
    }
}
