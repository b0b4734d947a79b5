using System.Globalization;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources.Hj212;

/// <summary>What a logger in the field notices: its answers, and that there are none for what is not safe.</summary>
public sealed class Hj212ListenerTests(Hj212Server server) : IClassFixture<Hj212Server>
{
    private const string Device = "140403000A0000000000000";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_AirDataInPieces_IsStoredAndAnswered()
    {
        const string data = "QN=20261124093000123;ST=22;CN=2011;PW=123456;MN=140403000A00000000000001;Flag=5;CP=&&DataTime=20261124093000;a34004-Rtd=41,a34004-Flag=N;a21026-Rtd=11,a21026-Flag=D&&";
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        byte[] frame = Hj212Logger.Frame(data);
        foreach (byte[] piece in frame.Chunk(50)) await logger.SendAsync(piece, Ct);

        Assert.Equal("##0087QN=20261124093000123;ST=91;CN=9014;PW=123456;MN=140403000A00000000000001;Flag=4;CP=&&&&A881", await logger.ReceiveAsync(Ct));
        Point point = Assert.Single(await server.PointsOfAsync(Device + "1"));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 1, 30, 0, TimeSpan.Zero).ToUnixNs(), point.TimeNs);
        Assert.Equal(41.0, point.Fields["pm25"]);
        Assert.False(point.Fields.ContainsKey("so2"));
        Assert.Equal("a21026-Rtd=11,Flag=D", point.Fields["flagged"]);
    }

    [Fact]
    public async Task Send_FramesOfSeveralDevicesAtOnce_EachGoodOneIsAnsweredInOrderAndTheBadAreKept()
    {
        string Data(int number, string flag, string device) =>
            $"QN=2026112410000000{number};ST=23;CN=2011;PW=1;MN={device};Flag={flag};CP=&&DataTime=2026112410000{number};LA-Rtd=5{number}&&";
        byte[] spoilt = Hj212Logger.Spoilt(Data(2, "5", Device + "2"));
        byte[] stranger = Hj212Logger.Frame(Data(4, "9", "NOBODY"));
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(
            (byte[])[.. Hj212Logger.Frame(Data(1, "5", Device + "2")), .. spoilt, .. Hj212Logger.Frame(Data(3, "4", Device + "2")), .. "garbage"u8, .. stranger, .. Hj212Logger.Frame(Data(5, "7;PNUM=2;PNO=1", Device + "2"))], Ct);

        Assert.Contains("QN=20261124100000001;ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("QN=20261124100000004;ST=91;CN=9014;PW=1;MN=NOBODY;Flag=8;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("QN=20261124100000005;ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);

        IEnumerable<double> levels = (await server.PointsOfAsync(Device + "2", "noise")).Select(p => (double)p.Fields["la"]);
        Assert.Equal([51.0, 53.0, 55.0], levels.Order());
        Assert.Equal(RejectionReason.ChecksumInvalid, (await server.LetterOfAsync(spoilt.AsMemory()[..^2])).Reason);
        Assert.Equal(RejectionReason.SyntaxInvalid, (await server.LetterOfAsync("garbage"u8.ToArray())).Reason);
        DeadLetter unknown = await server.LetterOfAsync(stranger.AsMemory()[..^2]);
        Assert.Equal((RejectionReason.LookupMissing, "hj212-realtime", "hj212"), (unknown.Reason, unknown.Source, unknown.Transport));
    }

    [Fact]
    public async Task Send_TimeRequestAndHeartbeat_AreAnsweredAtOnce()
    {
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(Hj212Logger.Frame("QN=20261124093000001;ST=22;CN=1013;PW=1;MN=M1;Flag=5;CP=&&&&"), Ct);
        Assert.Contains("QN=20261124093000001;ST=91;CN=9013;PW=1;MN=M1;Flag=4;CP=&&&&", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        string time = Assert.IsType<string>(await logger.ReceiveAsync(Ct));
        Assert.Contains(";ST=22;CN=1012;PW=1;MN=M1;Flag=4;CP=&&SystemTime=", time, StringComparison.Ordinal);
        var set = DateTimeOffset.ParseExact(time[(time.IndexOf("SystemTime=", StringComparison.Ordinal) + 11)..][..14] + "+08:00", "yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.InRange(set, now.AddMinutes(-5), now);

        await logger.SendAsync(Hj212Logger.Frame($"QN=20261124093000002;ST=22;CN=9015;PW=1;MN={Device}4;Flag=9;CP=&&&&"), Ct);
        Assert.Contains($"QN=20261124093000002;ST=91;CN=9013;PW=1;MN={Device}4;Flag=8;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Point seen = Assert.Single(await server.PointsOfAsync(Device + "4", "device_status"));
        Assert.Equal(("online", 1L), (seen.Tags["state"], seen.Fields["online"]));
        Assert.InRange(seen.TimeNs, now.AddMinutes(-5).ToUnixNs(), TimeProvider.System.GetUtcNow().ToUnixNs());
    }

    [Fact]
    public async Task Send_FrameCutInTwoAtEveryByte_IsOnePointAndAnsweredEachTime()
    {
        const string data = "QN=20261124094000123;ST=32;CN=2011;PW=1;MN=140403000A00000000000003;Flag=5;CP=&&DataTime=20261124094000;w01018-Rtd=57.9&&";
        byte[] frame = Hj212Logger.Frame(data);
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        for (int cut = 1; cut < frame.Length; cut++)
        {
            await logger.SendAsync(frame.AsMemory(0, cut), Ct);
            await logger.SendAsync(frame.AsMemory(cut), Ct);
            Assert.Contains("QN=20261124094000123;ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        }

        Assert.Equal(57.9, Assert.Single(await server.PointsOfAsync(Device + "3", "discharge")).Fields["cod"]);
    }

    [Fact]
    public async Task Send_MnThatIsTooLongToBeAnswered_IsKeptAndTheConnectionGoesOn()
    {
        byte[] frame = Hj212Logger.Frame($"QN=1;ST=22;CN=2011;PW=1;MN={new string('M', 600)};Flag=5;CP=&&a34004-Rtd=41&&");
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync((byte[])[.. frame, .. Hj212Logger.Frame("QN=8;ST=91;CN=9015;PW=1;MN=M1;Flag=9;CP=&&&&")], Ct);
        Assert.Contains("QN=8;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        await Until.TrueAsync("the frame is kept", async () => (await server.LettersOfAsync(frame.AsMemory()[..^2])).Length == 1, Ct);
    }

    [Fact]
    public async Task Send_CommandWithoutASource_IsKeptAndAnswered()
    {
        byte[] frame = Hj212Logger.Frame("QN=20261124093000003;ST=22;CN=3019;PW=1;MN=M1;Flag=5;CP=&&SN=7&&");
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(frame, Ct);
        Assert.Contains("CN=9014", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(RejectionReason.SourceUnknown, (await server.LetterOfAsync(frame.AsMemory()[..^2])).Reason);
    }
}

/// <summary>Sites whose CRC is wrong and who cannot be changed; and peers that are no use to anybody.</summary>
public sealed class Hj212PeerTests(Hj212PeerTests.LenientServer server) : IClassFixture<Hj212PeerTests.LenientServer>
{
    private const string Data = "QN=20261124093000123;ST=22;CN=2011;PW=1;MN=140403000A00000000000001;Flag=5;CP=&&DataTime=20261124093000;a34004-Rtd=41&&";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_WrongCrcFromALenientSite_IsStoredFlaggedAndAnswered()
    {
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(Hj212Logger.Spoilt(Data), Ct);
        Assert.Contains("CN=9014", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Point point = Assert.Single(await server.PointsOfAsync("140403000A00000000000001"));
        Assert.Equal("crc", point.Fields["flag"]);
        string metrics = await server.Http.GetStringAsync("/metrics", Ct);
        Assert.Contains("cityperception_hj212_tolerated", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WrongCrcFromAnotherSite_IsKeptAndNotAnswered()
    {
        string data = Data.Replace("00000001;", "00000002;", StringComparison.Ordinal);
        byte[] spoilt = Hj212Logger.Spoilt(data);
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync((byte[])[.. spoilt, .. Hj212Logger.Frame("QN=7;ST=91;CN=9015;PW=1;MN=M1;Flag=9;CP=&&&&")], Ct);
        Assert.Contains("QN=7;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        // Nobody is told that the bytes are kept, so their being there has no moment on the wire.
        await Until.TrueAsync("the frame is kept", async () => (await server.LettersOfAsync(spoilt.AsMemory()[..^2])).Length == 1, Ct);
    }

    [Theory]
    [InlineData("")]
    [InlineData("##0120QN=2026")]
    [InlineData("\r\n")]
    public async Task Send_NothingOrHalfAFrame_EndsTheConnection(string bytes)
    {
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(Encoding.ASCII.GetBytes(bytes), Ct);
        Assert.Null(await logger.ReceiveAsync(Ct));
    }

    public sealed class LenientServer : Hj212Server
    {
        protected override (string Key, string Value)[] Settings =>
            [.. base.Settings, ("Hj212:LenientDevices", "X, 140403000A00000000000001"), ("Hj212:IdleTimeout", "00:00:02"), ("Hj212:FrameTimeout", "00:00:01")];
    }
}
