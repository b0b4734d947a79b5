using CityPerception.TestKit;
using CityPerception.Tests.Sources.Azure;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Access;

/// <summary>The life of a connection by a token (SAS) of the registry: its end, its renewal, its being taken over.</summary>
public sealed class TokenLifeTests(TokenLifeTests.SkewServer server) : IClassFixture<TokenLifeTests.SkewServer>
{
    private const string Noise = """{"ts":"2025-11-24T01:30:00Z","leq":57.9,"lmax":82.1}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A token is taken until some seconds after its end, so that a slow machine does not connect too late.</summary>
    public sealed class SkewServer : AccessServer
    {
        public static readonly TimeSpan Skew = TimeSpan.FromSeconds(8);

        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Mqtt:Azure:ClockSkew", Skew.ToString())];
    }

    [Theory]
    [InlineData(RawMqtt.V311)]
    [InlineData(RawMqtt.V5)]
    public async Task Token_ThatEndsWhileItIsConnected_EndsTheConnectionAndOpensNoOther(byte version)
    {
        (string device, byte[] key) = await server.AddWithKeyAsync();
        // One that the skew lets in: it ends with that, and is then refused.
        (string, string) login = (AzureServer.User(device), AzureServer.Token(device, key, AzureServer.In(TimeSpan.FromSeconds(4) - SkewServer.Skew)));
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(version, device, keepAlive: 0, login: login));

        await raw.ReadToEndAsync(); // fails if it is not ended

        Assert.Equal(version == RawMqtt.V5 ? 0x87 : 5, await server.TryConnectAsync(version, device, login));
    }

    [Fact]
    public async Task Token_RenewedByConnectingAgain_GoesOnWithTheSessionPastTheFirstOnesEnd()
    {
        (string device, byte[] key) = await server.AddWithKeyAsync();
        string events = $"devices/{device}/messages/events/", commands = $"devices/{device}/messages/devicebound/#";
        TimeSpan first = TimeSpan.FromSeconds(1);
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + first + SkewServer.Skew;
        await using MqttPeer before = await ConnectAsync(device, AzureServer.Token(device, key, AzureServer.In(first)));
        await before.SubscribeAsync(commands);

        // What the SDKs do: the same client connects with a new token, and takes its own session over.
        await using MqttPeer after = await ConnectAsync(device, AzureServer.Token(device, key));
        await before.DisconnectedAsync();
        await Until.TrueAsync("the first token has ended", () => TimeProvider.System.GetUtcNow() > end.AddSeconds(1), Ct);

        Assert.True((await after.PublishAsync(events, Noise)).IsSuccess);
        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(device, "noise")).Fields["leq"]);
        await after.PublishAsync($"devices/{device}/messages/devicebound/x", "still subscribed");
        Assert.Equal("still subscribed", (await after.ReceiveAsync()).Payload);
    }

    [Fact]
    public async Task Connection_OfADevice_IsTakenOverByItsOwnTokenAndByNoOther()
    {
        (string device, byte[] key) = await server.AddWithKeyAsync();
        (string thief, byte[] thiefs) = await server.AddWithKeyAsync();
        await using MqttPeer peer = await ConnectAsync(device, AzureServer.Token(device, key), MqttProtocolVersion.V500);
        string[] stolen = [AzureServer.Token(device, thiefs), AzureServer.Token(thief, thiefs)];
        foreach (string token in stolen) Assert.Equal(0x87, await server.TryConnectAsync(RawMqtt.V5, device, (AzureServer.User(device), token)));
        Assert.Equal(0x87, await server.TryConnectAsync(RawMqtt.V5, device, (AzureServer.User(thief), AzureServer.Token(thief, thiefs))));
        Assert.True((await peer.PublishAsync($"devices/{device}/messages/events/", Noise)).IsSuccess);

        await using MqttPeer again = await ConnectAsync(device, AzureServer.Token(device, key), MqttProtocolVersion.V500);

        Assert.Equal(MQTTnet.MqttClientDisconnectReason.SessionTakenOver, await peer.DisconnectedAsync());
        Assert.True((await again.PublishAsync($"devices/{device}/messages/events/", Noise)).IsSuccess);
    }

    private Task<MqttPeer> ConnectAsync(string device, string token, MqttProtocolVersion version = MqttProtocolVersion.V311) =>
        MqttPeer.ConnectAsync(server, version, o => o.WithClientId(device).WithCleanSession(false).WithCredentials(AzureServer.User(device), token));
}
