using CityPerception.Core.Observations;
using CityPerception.Storage.Operations.Devices;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.Hj212;

/// <summary>Who may bring frames where credentials are required.</summary>
public sealed class Hj212GateTests(Hj212GateTests.GatedServer server) : IClassFixture<Hj212GateTests.GatedServer>
{
    private static int _last;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_OfADeviceOfTheRegistry_IsStoredAndAnswered()
    {
        string device = await server.AddAsync("123456");
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        for (int i = 1; i <= 3; i++)
        {
            await logger.SendAsync(Data(i, device, "123456"), Ct);
            Assert.Contains($"QN={i};ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        }

        Assert.Equal(3, (await server.PointsOfAsync(device)).Count);
    }

    [Theory]
    [InlineData("not in the registry", RejectionReason.DeviceUnknown)]
    [InlineData("disabled", RejectionReason.DeviceUnknown)]
    [InlineData("another PW", RejectionReason.SenderForeign)]
    [InlineData("no PW", RejectionReason.SenderForeign)]
    [InlineData("a password for MQTT", RejectionReason.SenderForeign)]
    public async Task Send_WithoutTheRight_IsADeadLetterWithoutAnAnswer(string what, RejectionReason reason)
    {
        string device = what == "not in the registry" ? NewDevice() : await server.AddAsync(what == "a password for MQTT" ? null : "123456");
        if (what == "disabled") await server.DisableAsync(device);
        string right = await server.AddAsync("123456");
        byte[] wrong = Data(1, device, what switch { "another PW" => "123457", "no PW" => "", "a password for MQTT" => GatedServer.MqttPassword, _ => "123456" });
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync((byte[])[.. wrong, .. Data(2, right, "123456")], Ct);

        Assert.Contains("QN=2;ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal); // of the second alone
        Assert.Equal(reason, (await server.LetterOfAsync(wrong.AsMemory()[..^2])).Reason);
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Fact]
    public async Task Send_OfAnotherDeviceOnTheSameConnection_IsRefusedUnlessItIsBehindTheFirst()
    {
        string gateway = await server.AddAsync("123456"), other = await server.AddAsync("123456"), behind = NewDevice();
        await server.AddAsync(null, $"{gateway}/{behind}");
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        byte[] foreign = Data(2, other, "123456");
        await logger.SendAsync((byte[])[.. Data(1, gateway, "123456"), .. foreign, .. Data(3, behind, "1")], Ct);
        Assert.Contains("QN=1;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("QN=3;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(RejectionReason.SenderForeign, (await server.LetterOfAsync(foreign.AsMemory()[..^2])).Reason);
    }

    [Fact]
    public async Task Send_FromAForwarder_ManyDevicesShareAConnection()
    {
        await using var forwarded = new GatedServer { More = ("Hj212:Forwarders", "10.0.0.0/8, 127.0.0.0/8") };
        await forwarded.InitializeAsync();
        string one = await forwarded.AddAsync("1"), two = await forwarded.AddAsync("2");
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(forwarded, Ct);
        await logger.SendAsync((byte[])[.. Data(1, one, "1"), .. Data(2, two, "2"), .. Data(3, one, "1")], Ct);
        for (int i = 1; i <= 3; i++) Assert.Contains($"QN={i};", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_FromAnAddressThatIsNotAllowed_IsClosedAtOnce()
    {
        await using var closed = new GatedServer { More = ("Hj212:AllowedAddresses", "10.1.2.3") };
        await closed.InitializeAsync();
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(closed, Ct);
        Assert.Null(await logger.ReceiveAsync(Ct));
    }

    [Fact]
    public async Task Send_NothingButWhatIsRefused_IsClosedAfterAFew()
    {
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        string stranger = NewDevice();
        await logger.SendAsync((byte[])[.. Enumerable.Range(1, 10).SelectMany(i => Data(i, stranger, "1"))], Ct);
        Assert.Null(await logger.ReceiveAsync(Ct));
    }

    [Fact]
    public async Task Disable_OfAConnectedDevice_TakesNothingMoreOfIt()
    {
        string device = await server.AddAsync("123456");
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(Data(1, device, "123456"), Ct);
        Assert.Contains("QN=1;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        await server.DisableAsync(device);
        byte[] late = Data(2, device, "123456");
        await logger.SendAsync(late, Ct);
        await Until.TrueAsync("it is a dead letter", async () => (await server.LettersOfAsync(late.AsMemory()[..^2])).Length == 1, Ct);
    }

    [Theory]
    [InlineData("10.1.2.3,10.2.0.0/16,fd00::/8", "10.2.200.1", true)]
    [InlineData("10.1.2.3,10.2.0.0/16,fd00::/8", "10.1.2.4", false)]
    [InlineData("10.1.2.3,10.2.0.0/16,fd00::/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.2.3,10.2.0.0/16,fd00::/8", "fd12::1", true)]
    [InlineData("", "10.1.2.3", false)]
    public void Has_Address_IsWithinTheList(string list, string address, bool isIn) =>
        Assert.Equal(isIn, CityPerception.Sources.Hj212.AddressList.Read(list)!.Has(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(address), 1)));

    private static string NewDevice() => $"HJ{Interlocked.Increment(ref _last):D22}";

    private static byte[] Data(int number, string device, string password) =>
        Hj212Logger.Frame($"QN={number};ST=22;CN=2011;PW={password};MN={device};Flag=5;CP=&&DataTime=2026112409300{number % 10};a34004-Rtd=41&&");

    public sealed class GatedServer : Hj212Server
    {
        public const string MqttPassword = "correct horse battery";

        private readonly ConfigCopy _config = new();

        /// <summary>A setting beside those that all of them have.</summary>
        public (string Key, string Value)? More { get; init; }

        protected override string ConfigDirectory => Known();

        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Security:Required", "true"), ("Hj212:CheckPassword", "true"), .. More is { } more ? [more] : Array.Empty<(string, string)>()];

        /// <summary>A device that the running server knows; with a PW, or with a password for MQTT.</summary>
        public async Task<string> AddAsync(string? framePassword, string? device = null)
        {
            string id = device ?? NewDevice();
            var credential = framePassword is null
                ? new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(MqttPassword, isMade: true))
                : new NewCredential(CredentialKind.FramePassword, DeviceSecrets.Hash(framePassword, isMade: true));
            await Part<DeviceRegistry>().AddAsync([(id, null, credential)], Ct);
            await Until.TrueAsync("the server knows it", () => Part<CityPerception.Sources.Devices.KnownDevices>().IsKnown(id), Ct);
            return id;
        }

        public async Task DisableAsync(string device)
        {
            await Part<DeviceRegistry>().SetDisabledAsync(device, true, Ct);
            await Until.TrueAsync("the server knows it", () => !Part<CityPerception.Sources.Devices.KnownDevices>().IsKnown(device), Ct);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _config.Dispose();
            GC.SuppressFinalize(this);
        }

        // The shipped source looks its devices up; these are others.
        private string Known()
        {
            const string File = "sources/hj212-realtime.yaml";
            _config.Replace(File, "district: { lookup: hj212-stations, key: $.mn }", "district: { lookup: hj212-stations, key: $.mn, else: '140403' }");
            _config.Replace(File, "category: { lookup: hj212-stations, key: $.mn }", "category: { lookup: hj212-stations, key: $.mn, else: ambient }");
            return _config.Path;
        }
    }
}
