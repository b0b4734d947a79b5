using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CityPerception.Tests.Sources;

/// <summary>Compressed, cut-off and oversized bodies, for both kinds of intake over HTTP.</summary>
public sealed class HttpBodyTests(HttpBodyTests.SmallServer server) : IClassFixture<HttpBodyTests.SmallServer>
{
    private const int Limit = 1 << 20;

    /// <summary>Takes bodies of a mebibyte.</summary>
    public sealed class SmallServer : CityServer
    {
        protected override (string Key, string Value)[] Settings => [("Http:MaxBodyBytes", "1048576")];
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Paths => ["/ingest/air-station", "/write", "/api/v2/write"];

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Post_Compressed_IsTaken(string encoding)
    {
        string device = Air.NewDevice();
        byte[] body = Compress(encoding.ToLowerInvariant(), Encoding.UTF8.GetBytes(Air.Message(device)));
        using HttpResponseMessage answer = await PostAsync("/ingest/air-station", encoding, body);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Post_ThatBecomesAThousandTimesLarger_IsStoppedAtTheLimit(string path)
    {
        byte[] bomb = Compress("gzip", new byte[200 * Limit]);
        Assert.True(bomb.Length < Limit, "the bomb itself is small enough to be let in");
        using HttpResponseMessage answer = await PostAsync(path, "gzip", bomb);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await AssertGoodOneIsServedAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Post_LargerThanTheLimit_IsTooLarge(string path)
    {
        // A sender of much asks first, as curl does; one that did not would write into a closed connection.
        using var announced = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[Limit + 1]), Headers = { ExpectContinue = true } };
        using HttpResponseMessage refused = await server.Http.SendAsync(announced, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        await AssertGoodOneIsServedAsync();
    }

    [Fact]
    public async Task Post_LargerThanTheLimitInChunks_IsTooLarge()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ingest/air-station") { Content = new ByteArrayContent(new byte[Limit + 1]), Headers = { TransferEncodingChunked = true } };
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Post_AsLargeAsTheLimit_IsTaken()
    {
        string device = Air.NewDevice();
        using HttpResponseMessage answer = await PostAsync("/ingest/air-station", null, Encoding.UTF8.GetBytes(Air.Message(device).PadRight(Limit)));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Post_NoGzipUnderItsName_IsABadRequest(string path)
    {
        using HttpResponseMessage answer = await PostAsync(path, "gzip", Encoding.UTF8.GetBytes("this is not gzip, whatever the header says"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Content-Encoding", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        await AssertGoodOneIsServedAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Post_CompressedAndCutOff_IsABadRequestAndNothingOfItIsTaken(string encoding)
    {
        string device = Air.NewDevice();
        byte[] whole = Compress(encoding, Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 1000).Select(i => Air.Message(device, Air.TimeMs + i * 7919L)))));
        using HttpResponseMessage answer = await PostAsync("/ingest/air-station", encoding, whole[..(whole.Length / 2)]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Fact]
    public async Task Post_EveryBeginningOfAGzipBody_IsABadRequestAndNothingOfItIsTaken()
    {
        string device = Air.NewDevice();
        byte[] whole = Compress("gzip", Encoding.UTF8.GetBytes(Air.Message(device)));
        for (int length = 1; length < whole.Length; length++)
        {
            using HttpResponseMessage answer = await PostAsync("/ingest/air-station", "gzip", whole[..length]);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{length} of {whole.Length} bytes: {answer.StatusCode}");
        }

        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    public async Task Post_UnknownEncoding_NamesThoseThatAreKnown(string encoding)
    {
        using HttpResponseMessage answer = await PostAsync("/ingest/air-station", encoding, [1, 2, 3]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("gzip, deflate, br", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BrokenOffByItsSender_IsForgotten()
    {
        string device = Air.NewDevice();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.HttpPort, Ct);
            string request = $"POST /ingest/air-station HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{Air.Message(device)}\n";
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Ct);
        }

        await AssertGoodOneIsServedAsync();
        Assert.Empty(await server.PointsOfAsync(device)); // the message was not whole, so its sender has no answer and sends it again
    }

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Optimal),
            _ => new BrotliStream(compressed, CompressionLevel.Optimal),
        })
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }

    private async Task AssertGoodOneIsServedAsync()
    {
        string device = Air.NewDevice();
        using HttpResponseMessage answer = await PostAsync("/ingest/air-station", null, Encoding.UTF8.GetBytes(Air.Message(device)));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? encoding, byte[] body)
    {
        var content = new ByteArrayContent(body);
        if (encoding is not null) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return server.Http.PostAsync(path, content, Ct);
    }
}
