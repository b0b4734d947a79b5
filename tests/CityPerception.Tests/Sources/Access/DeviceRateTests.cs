using CityPerception.Sources.Mqtt.Access;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.Access;

/// <summary>A device that sends more than it may is not read for a while; nothing of it is lost, and others notice nothing.</summary>
public sealed class DeviceRateTests(DeviceRateTests.RatedServer server, DeviceRateTests.SlowServer slow) : IClassFixture<DeviceRateTests.RatedServer>, IClassFixture<DeviceRateTests.SlowServer>
{
    private const int Rate = 40, Burst = 5;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public sealed class RatedServer : AccessServer
    {
        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Security:DeviceRate", $"{Rate}"), ("Security:DeviceBurst", $"{Burst}")];
    }

    /// <summary>A message a second, three at once: who sends more stays paused as long as a test looks.</summary>
    public sealed class SlowServer : AccessServer
    {
        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Security:DeviceRate", "1"), ("Security:DeviceBurst", "3")];

        internal DeviceRates Rates => Part<DeviceRates>();
    }

    [Theory]
    [InlineData(1, false)] // the lane
    [InlineData(1, true)] // the broker
    [InlineData(2, false)]
    public async Task Publish_MoreThanTheRate_TakesAsLongAndLosesNothing(int qos, bool retain)
    {
        const int Count = 40;
        (string device, string password) = await server.AddAsync();
        await using RawMqtt raw = await ConnectAsync(server, device, password);
        long began = TimeProvider.System.GetTimestamp();
        await raw.SendAsync((byte[])[.. Enumerable.Range(1, Count).SelectMany(i => RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), (ushort)i, Air.Message(device, Air.TimeMs + i), qos: qos, retain: retain))]);
        for (int i = 1; i <= Count; i++) Assert.Equal(i, BitConverter.ToUInt16([.. (await raw.ReadAsync(qos == 1 ? (byte)0x40 : (byte)0x50)).Take(2).Reverse()]));

        // Never sooner: the bucket holds a burst, and fills a step ahead at most.
        TimeSpan took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took.TotalSeconds > (Count - Burst - Rate / 5.0) / Rate, $"{Count} messages in {took}");
        Assert.Equal(Count, (await server.PointsOfAsync(device)).Count);
        Assert.True(await MetricsPage.SumAsync(server.Http, "cityperception_mqtt_rate_pauses") > 0);
    }

    [Fact]
    public async Task Publish_AndGoWhileItIsNotRead_AllIsStored()
    {
        const int Count = 30;
        (string device, string password) = await server.AddAsync();
        await using (RawMqtt raw = await ConnectAsync(server, device, password))
        {
            byte[] disconnect = [0xE0, 0];
            await raw.SendAsync((byte[])[.. Enumerable.Range(1, Count).SelectMany(i => RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), 0, Air.Message(device, Air.TimeMs + i), qos: 0)), .. disconnect]);
        }

        await Until.TrueAsync("all of it is stored", async () => (await server.PointsOfAsync(device)).Count == Count, Ct);
    }

    [Fact]
    public async Task Publish_OfOthersMeanwhile_IsTaken()
    {
        (string greedy, string password) = await slow.AddAsync();
        (string other, string others) = await slow.AddAsync();
        await using RawMqtt flood = await ConnectAsync(slow, greedy, password);
        await SendManyAsync(flood, greedy);
        await Until.TrueAsync("it is paused", () => slow.Rates.PausedSince(greedy) is not null, Ct);

        await using MqttPeer peer = await slow.ConnectAsync(other, others);
        Assert.True((await peer.PublishAsync(Air.Topic(other), Air.Message(other))).IsSuccess);

        Assert.NotNull(slow.Rates.PausedSince(greedy));
        Assert.Null(slow.Rates.PausedSince(other));
        Assert.True(await MetricsPage.SumAsync(slow.Http, "cityperception_mqtt_rate_paused") >= 1);
    }

    [Fact]
    public async Task Disable_WhileItIsNotRead_EndsTheConnection()
    {
        (string device, string password) = await slow.AddAsync();
        await using RawMqtt raw = await ConnectAsync(slow, device, password);
        await SendManyAsync(raw, device);
        await Until.TrueAsync("it is paused", () => slow.Rates.PausedSince(device) is not null, Ct);

        await slow.Registry.SetDisabledAsync(device, true, Ct);

        await raw.ReadToEndAsync();
        await Until.TrueAsync("nobody waits any more", () => slow.Rates.PausedSince(device) is null, Ct);
    }

    private static Task SendManyAsync(RawMqtt raw, string device) =>
        raw.SendAsync((byte[])[.. Enumerable.Range(1, 300).SelectMany(i => RawMqtt.Publish(RawMqtt.V311, Air.Topic(device), (ushort)i, Air.Message(device, Air.TimeMs + i)))]);

    private static Task<RawMqtt> ConnectAsync(AccessServer server, string device, string password) =>
        RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.Connect(RawMqtt.V311, RawMqtt.NewName(), login: (device, password)));
}
