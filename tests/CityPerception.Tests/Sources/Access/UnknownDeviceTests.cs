using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Support;
using MQTTnet;

namespace CityPerception.Tests.Sources.Access;

/// <summary>What sources say of devices that are not in the registry, and of gateways that speak for others.</summary>
public sealed class UnknownDeviceTests : IDisposable
{
    private const string File = "sources/air-station.yaml";

    private readonly ConfigCopy _config = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reject", RejectionReason.DeviceUnknown, MqttClientPublishReasonCode.PayloadFormatInvalid)]
    [InlineData("quarantine", RejectionReason.DeviceQuarantined, MqttClientPublishReasonCode.Success)]
    public async Task Publish_ForADeviceThatIsNotInTheRegistry_IsKeptUntilItIsAdded(string policy, RejectionReason reason, MqttClientPublishReasonCode told)
    {
        await using RuledServer server = await StartAsync("unknown: " + policy);
        (string gateway, string password) = await server.AddAsync();
        string stranger = Air.NewDevice();
        await using MqttPeer peer = await server.ConnectAsync(gateway, password);
        MqttClientPublishResult result = await peer.PublishAsync(Air.Topic(gateway), Air.Message(stranger));
        MqttClientPublishResult own = await peer.PublishAsync(Air.Topic(gateway), Air.Message(gateway));

        Assert.Equal((told, true), (result.ReasonCode, own.IsSuccess));
        DeadLetter letter = Assert.Single(await server.LettersOfAsync(Air.Message(stranger)));
        Assert.Equal((reason, "device"), (Assert.Single(letter.Rejections).Reason, letter.Rejections[0].Path));
        Assert.Contains(stranger, letter.Rejections[0].Detail, StringComparison.Ordinal);
        Assert.Empty(await server.PointsOfAsync(stranger));
        Air.AssertIsMessage(await server.PointsOfAsync(gateway), gateway);

        Assert.Contains("\"replayed\":0", await server.ReplayAsync(), StringComparison.Ordinal); // it still is not there
        await server.AddAsync(stranger);
        await Until.TrueAsync("the device is known", async () => (await server.ReplayAsync()).Contains("\"replayed\":1", StringComparison.Ordinal), Ct);
        Air.AssertIsMessage(await server.PointsOfAsync(stranger), stranger);
    }

    [Fact]
    public async Task Post_ForADeviceThatIsNotInTheRegistry_IsToldWhatThePolicySays()
    {
        await using RuledServer server = await StartAsync("unknown: reject");
        string stranger = Air.NewDevice();
        using HttpResponseMessage refused = await server.Http.PostAsync("/ingest/air-station", new StringContent(Air.Message(stranger)), Ct);
        Assert.Equal(422, (int)refused.StatusCode);
        Assert.Contains("device_unknown", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ForADisabledDevice_IsRejected()
    {
        await using RuledServer server = await StartAsync("unknown: reject");
        (string gateway, string password) = await server.AddAsync();
        (string disabled, _) = await server.AddAsync();
        await server.Registry.SetDisabledAsync(disabled, true, Ct);
        await using MqttPeer peer = await server.ConnectAsync(gateway, password);
        await Until.TrueAsync("it is known to be disabled", async () => !(await peer.PublishAsync(Air.Topic(gateway), Air.Message(disabled))).IsSuccess, Ct);
    }

    [Theory]
    [InlineData("sender: own", false)]
    [InlineData("sender: any", true)]
    [InlineData("", true)]
    public async Task Publish_OfAnotherDevice_IsTakenOnlyWhereTheSourceBelievesGateways(string rule, bool isTaken)
    {
        await using RuledServer server = await StartAsync(rule);
        (string device, string password) = await server.AddAsync();
        (string other, _) = await server.AddAsync();
        await using MqttPeer peer = await server.ConnectAsync(device, password);
        Assert.Equal(isTaken, (await peer.PublishAsync(Air.Topic(device), Air.Message(other))).IsSuccess);
        Assert.Equal(isTaken, (await peer.PublishAsync(Air.Topic(device), Air.Message(other, Air.TimeMs + 1), retain: true)).IsSuccess); // past the lane
        Assert.True((await peer.PublishAsync(Air.Topic(device), Air.Message(device))).IsSuccess);
        Assert.Equal(isTaken ? 2 : 0, (await server.PointsOfAsync(other)).Count);
        if (!isTaken) Assert.Equal(RejectionReason.SenderForeign, Assert.Single(await server.LettersOfAsync(Air.Message(other))).Reason);
    }

    public void Dispose() => _config.Dispose();

    private async Task<RuledServer> StartAsync(string rule)
    {
        _config.Replace(File, "decode: json\n", $"decode: json\n{rule}\n");
        var server = new RuledServer(_config.Path);
        await server.InitializeAsync();
        return server;
    }

    private sealed class RuledServer(string config) : AccessServer
    {
        protected override string ConfigDirectory => config;

        /// <summary>Replays all dead letters of devices that were not known; what it says at its end.</summary>
        public async Task<string> ReplayAsync()
        {
            using HttpResponseMessage answer = await Http.PostAsync("/api/deadletters/replay", new StringContent("""{"source":"air-station"}""", System.Text.Encoding.UTF8, "application/json"), Ct);
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsStringAsync(Ct);
        }
    }
}
