using System.IO.Compression;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources.Azure;

/// <summary>What devices send, and say beside it.</summary>
public sealed class AzureTelemetryTests(AzureServer server) : IClassFixture<AzureServer>
{
    private const string Noise = """{"ts":"2025-11-24T01:30:00Z","leq":57.9,"lmax":82.1}""";

    [Theory]
    [InlineData("messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&kind=noise&flag=%E6%B5%8B%E8%AF%95")]
    [InlineData("messages/events/?flag=%e6%b5%8b%e8%af%95&$.ct=application/json")]
    [InlineData("messages/events/flag=测试/")]
    [InlineData("messages/events/&flag=%E6%B5%8B%E8%AF%95&empty&=")]
    public async Task Publish_PropertyBagInEachForm_IsReadByTheMapping(string events)
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync($"devices/{device}/{events}", Noise);

        Point point = Assert.Single(await server.PointsOfAsync(device, "noise"));
        // Flagged by the device: kept as text, and no value that a mean could take.
        Assert.Equal(("la=;leq=57.9,Flag=测试", "测试"), (point.Fields["flagged"], point.Fields["flag"]));
        Assert.False(point.Fields.ContainsKey("leq"));
    }

    [Theory]
    [InlineData("messages/events")]
    [InlineData("messages/events/")]
    public async Task Publish_WithoutABag_IsStored(string events)
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync($"devices/{device}/{events}", Noise, MqttQualityOfServiceLevel.AtMostOnce);
        await peer.PublishAsync($"devices/{device}/{events}", Noise); // the same again, with an answer to wait for

        Assert.Single(await server.PointsOfAsync(device, "noise"));
    }

    [Fact]
    public async Task Publish_OfAnotherKind_BecomesThat()
    {
        string device = server.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync($"devices/{device}/messages/events/kind=air", """[{"ts":"2025-11-24T01:30:00Z","pm25":41},{"ts":"2025-11-24T01:31:00Z","pm25":42}]""");

        Assert.Equal([41.0, 42.0], (await server.PointsOfAsync(device)).Select(p => (double)p.Fields["pm25"]));
        Assert.Empty(await server.PointsOfAsync(device, "noise"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("utf-16")]
    [InlineData("gb18030")]
    public async Task Publish_ContentEncoding_IsUndone(string encoding)
    {
        string device = server.NewDevice(), message = Noise.Replace("}", ",\"note\":\"路口\"}", StringComparison.Ordinal);
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync($"devices/{device}/messages/events/%24.ce={encoding}", Encoded(encoding, message));

        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(device, "noise")).Fields["leq"]);
    }

    [Theory]
    [InlineData("base64", RejectionReason.ContentEncodingInvalid)]
    [InlineData("gzip", RejectionReason.ContentEncodingInvalid)]
    [InlineData("utf-32", RejectionReason.TextEncodingInvalid)]
    public async Task Publish_ContentEncodingThatIsNone_IsADeadLetterAsItCame(string encoding, RejectionReason reason)
    {
        string device = server.NewDevice(), message = Noise.Replace("}", $",\"by\":\"{device}\"}}", StringComparison.Ordinal);
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync($"devices/{device}/messages/events/$.ce={encoding}", message);

        Assert.Equal(reason, Assert.Single(await server.LettersOfAsync(message)).Rejections[0].Reason);
    }

    [Fact]
    public async Task Publish_GzipThatGrowsBeyondTheLimit_IsADeadLetter()
    {
        string device = server.NewDevice();
        byte[] bomb = Encoded("gzip", Noise + new string(' ', 5 << 20));
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync($"devices/{device}/messages/events/$.ce=gzip", bomb);

        Assert.Equal(RejectionReason.PayloadTooLarge, Assert.Single(await server.LettersOfAsync(bomb)).Rejections[0].Reason);
    }

    [Fact]
    public async Task Publish_Retained_IsNotRetainedAndSaysSo()
    {
        string device = server.NewDevice(), topic = $"devices/{device}/messages/events/", bad = $$"""{"ts":"2025-11-24T01:30:00Z","leq":"loud {{device}}"}""";
        await using MqttPeer peer = await server.ConnectAsync(device);
        await peer.PublishAsync(topic, bad, retain: true);
        await using MqttPeer late = await MqttPeer.ConnectAsync(server);
        await late.SubscribeAsync($"devices/{device}/messages/events/#");
        await peer.PublishAsync(topic, Noise);

        DeadLetter letter = Assert.Single(await server.LettersOfAsync(bad));
        Assert.Equal((topic, "true"), (letter.Topic, letter.Properties!["mqtt-retain"]));
        Assert.Equal(Noise, (await late.ReceiveAsync()).Payload); // and not what came before it
    }

    [Fact]
    public async Task Publish_Qos2_ClosesTheConnection()
    {
        string device = server.NewDevice(), topic = $"devices/{device}/messages/events/";
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, device, login: (AzureServer.User(device), AzureServer.Token(device))));
        await raw.SendAsync(RawMqtt.Publish(RawMqtt.V311, topic, 7, Noise, qos: 2));

        Assert.Null(await raw.ReadAsync());
        Assert.Empty(await server.PointsOfAsync(device, "noise"));
    }

    [Fact]
    public async Task Publish_ManyWithoutWaiting_AreAcknowledgedInOrderAndStored()
    {
        const int Count = 500;
        string device = server.NewDevice();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, device, login: (AzureServer.User(device), AzureServer.Token(device))));
        DateTimeOffset from = new(2025, 11, 24, 0, 0, 0, TimeSpan.Zero);
        await raw.SendAsync(Enumerable.Range(1, Count).SelectMany(n => RawMqtt.Publish(
            RawMqtt.V311, $"devices/{device}/messages/events/n={n}", (ushort)n, $$"""{"ts":"{{from.AddSeconds(n):yyyy-MM-ddTHH:mm:ssZ}}","leq":50}""")).ToArray());
        for (int n = 1; n <= Count; n++) Assert.Equal(n, await raw.ReadPubAckAsync());

        Assert.Equal(Count, (await server.PointsOfAsync(device, "noise")).Count);
    }

    private static byte[] Encoded(string encoding, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (encoding is not ("gzip" or "deflate")) return CodePagesEncodingProvider.Instance.GetEncoding(encoding)?.GetBytes(text) ?? Encoding.GetEncoding(encoding).GetBytes(text);
        var compressed = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(compressed, CompressionLevel.Fastest) : new ZLibStream(compressed, CompressionLevel.Fastest)) stream.Write(utf8);
        return compressed.ToArray();
    }
}
