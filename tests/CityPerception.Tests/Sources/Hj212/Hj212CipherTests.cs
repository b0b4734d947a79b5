using System.Text;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Sources.Hj212;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Tests.Sources.Hj212;

/// <summary>What loggers of 2025 encrypt. The ciphertexts are OpenSSL's: <c>openssl enc -sm4-ecb -nopad</c> of the parameters and zeros.</summary>
public sealed class Hj212CipherTests(Hj212CipherTests.KeyServer server) : IClassFixture<Hj212CipherTests.KeyServer>
{
    private const string
        Key = "0123456789abcdeffedcba9876543210",
        Parameters = "DataTime=20261124093000;a34004-Rtd=41,a34004-Flag=N;a34002-Rtd=78,a34002-Flag=N",
        Hex = "E5297E729EDCAD8C604E846A6EC486FD841AF74AA46467F94383C1FD8C24712407D3794F91E74FBAB9606E8E7EB3BE1AACCF604573BE8E50A7348E1A31F0C6C98E0A9F8FBC72B43F8A2E87012B97BF37",
        Base64 = "5Sl+cp7crYxgToRqbsSG/YQa90qkZGf5Q4PB/YwkcSQH03lPkedPurlgbo5+s74arM9gRXO+jlCnNI4aMfDGyY4Kn4+8crQ/ii6HASuXvzc=",
        Noise = "e5297e729edcad8c604e846a6ec486fdbd556abb8155cfb46638f6c13797e0707f2df105704340bf0479fe6a0076b3da"; // DataTime=20261124093000;LA-Rtd=57.9

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Hex)]
    [InlineData(Base64)]
    public async Task Send_EncryptedByTheSecondOfTwoKeys_IsStoredAndAnswered(string cipher)
    {
        const string device = "140403000A00000000000001";
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(Frame(device, cipher), Ct);
        Assert.Contains($"CN=9014;PW=1;MN={device};Flag=8;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Point point = Assert.Single(await server.PointsOfAsync(device));
        Assert.Equal((41.0, 78.0), (point.Fields["pm25"], point.Fields["pm10"]));
    }

    [Fact]
    public async Task Send_EncryptedWithoutItsKey_IsKeptWithTheReasonAndStoredOnceTheKeyIsThere()
    {
        const string device = "140403000A00000000000002";
        byte[] frame = Frame(device, Noise);
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(frame, Ct);
        Assert.Contains("CN=9014", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        DeadLetter letter = await server.LetterOfAsync(frame.AsMemory()[..^2]);
        Assert.Equal(RejectionReason.ContentEncodingInvalid, letter.Reason);
        Assert.Contains("no key of this MN (Hj212:KeyFile)", letter.Rejections[0].Detail, StringComparison.Ordinal);

        server.Write($"{device},{Key}");
        await Until.TrueAsync("the new key is read and the frame replayed", async () =>
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/api/deadletters/replay", new StringContent("{}", Encoding.UTF8, "application/json"), Ct);
            answer.EnsureSuccessStatusCode();
            return (await server.PointsOfAsync(device, "noise")).Count == 1;
        }, Ct);
        Assert.DoesNotContain(Key, await server.Http.GetStringAsync("/metrics", Ct), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Send_EncryptedWithAnotherKey_IsKeptWithTheReason()
    {
        byte[] frame = Frame("140403000A00000000000003", Hex);
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server, Ct);
        await logger.SendAsync(frame, Ct);
        Assert.Contains("CN=9014", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("no key of this MN (Hj212:KeyFile) opens it", (await server.LetterOfAsync(frame.AsMemory()[..^2])).Rejections[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789ABCDEFFEDCBA9876543210")]
    [InlineData("ASNFZ4mrze/+3LqYdlQyEA==")]
    public void TryOpen_KeyInEachForm_GivesTheParameters(string key)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("keys"), $"# SM4\n\nM1,{key}\n");
        var keys = new Hj212Keys(folder.File("keys"), new FakeTimeProvider(), Assert.Fail);
        byte[] plain = new byte[Hex.Length / 2];
        Assert.True(keys.TryOpen("M1"u8, Convert.FromHexString(Hex), plain, out int length));
        Assert.Equal(Parameters, Encoding.UTF8.GetString(plain.AsSpan(0, length)));
        Assert.False(keys.HasKeyOf("M2"u8));
    }

    [Fact]
    public void Read_KeyAsCharacters_IsTheirBytes() => Assert.Equal("sixteen letters!"u8.ToArray(), Hj212Keys.Form.Read("sixteen letters!"));

    [Theory]
    [InlineData("0123456789ABCDEFFEDCBA987654321")]
    [InlineData("0123456789ABCDEFFEDCBA987654321X")]
    [InlineData("ASNFZ4mrze/+3LqYdlQyEA=!")]
    [InlineData("")]
    public void Read_NoKey_IsRefused(string text) => Assert.Null(Hj212Keys.Form.Read(text));

    // What fills the last block differs from one implementation to the next; none of it may reach the mapping.
    [Theory]
    [InlineData("a=1\0\0\0", 3)]
    [InlineData("a=1   ", 3)]
    [InlineData("a=1\x0d\x0d\x0d", 3)]
    [InlineData("a=1", 3)]
    public void TryTrim_WhatFillsTheLastBlock_IsCutOff(string plain, int length)
    {
        Assert.True(Hj212Cipher.TryTrim(Encoding.ASCII.GetBytes(plain), out int found));
        Assert.Equal(length, found);
    }

    private static byte[] Frame(string device, string cipher) => Hj212Logger.Frame($"QN=20261124093000207;ST={(cipher == Noise ? 23 : 22)};CN=2011;PW=1;MN={device};Flag=9;CP=&&{cipher}&&");

    public sealed class KeyServer : Hj212Server
    {
        private const string Other = "ffffffffffffffffffffffffffffffff";

        private readonly TempFolder _folder = new();

        public KeyServer() => Write("");

        protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Hj212:KeyFile", _folder.File("keys.csv"))];

        public void Write(string more) => File.WriteAllLines(
            _folder.File("keys.csv"), [$"140403000A00000000000001,{Other}", $"140403000A00000000000001,{Key}", $"140403000A00000000000003,{Other}", more]);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}
