using System.Text;
using System.Text.Json;
using CityPerception.Core.Decoding;
using CityPerception.Core.Decoding.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.LineProtocol;
using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Core.Tests.Decoding.LineProtocol;

public class LineProtocolDecoderTests
{
    private static readonly LineProtocolDecoder Decoder = new();

    [Fact]
    public void Decode_LineOfTelegraf_IsADocument() => Assert.Equal(
        ["""{"measurement":"cpu","tags":{"host":"gw-07","cpu":"cpu-total"},"fields":{"usage_idle":97.5,"procs":112,"note":"a \"b\""},"time":1795483800000000000}"""],
        Decode("""cpu,host=gw-07,cpu=cpu-total usage_idle=97.5,procs=112i,note="a \"b\"" 1795483800""", "s"));

    [Fact]
    public void Decode_EveryTypeAndEscape_IsJson() => Assert.Equal(
        ["""{"measurement":"a b,c","tags":{"k=1":"潞州 区"},"fields":{"f":1,"g":-0.5,"h":1E+300,"i":-9223372036854775808,"u":18446744073709551615,"t":true,"F":false,"s":"x\ny\\z"}}"""],
        Decode("""a\ b\,c,k\=1=潞州\ 区 f=1.,g=-.5,h=+1e300,i=-9223372036854775808i,u=18446744073709551615u,t=T,F=f,s="x""" + "\n" + """y\\z" """));

    [Theory]
    [InlineData(null, 1795483800000000001)]
    [InlineData("", 1795483800000000001)]
    [InlineData("ns", 1795483800000000001)]
    [InlineData("n", 1795483800000000001)]
    [InlineData("us", 1795483800000000)]
    [InlineData("u", 1795483800000000)]
    [InlineData("ms", 1795483800000)]
    [InlineData("s", 1795483800)]
    [InlineData("m", 29924730)]
    [InlineData("h", -498745)]
    public void Decode_Precision_BecomesNanoseconds(string? precision, long time)
    {
        long expected = precision switch
        {
            "us" or "u" => time * 1000,
            "ms" => time * 1_000_000,
            "s" => time * 1_000_000_000,
            "m" => time * 60_000_000_000,
            "h" => time * 3_600_000_000_000,
            _ => time,
        };
        Assert.EndsWith($"\"time\":{expected}}}", Assert.Single(Decode($"m f=1 {time}", precision)));
    }

    [Theory]
    [InlineData("minutes")]
    [InlineData("S")]
    [InlineData("auto")]
    public void Decode_UnknownPrecision_RejectsTheMessage(string precision) =>
        Assert.Equal(["! TimeInvalid property precision"], Decode("m f=1 1\nm f=1 2", precision));

    [Theory]
    [InlineData("m f=1 1795483800000000000\nm f=1 1", "s")]
    [InlineData("m f=1 9223372036854775807\nm f=1 1", "ns")]
    [InlineData("m f=1 -2562048\nm f=1 1", "h")]
    public void Decode_TimeBeyondTheYears_CostsTheLine(string text, string precision)
    {
        List<string> elements = Decode(text, precision);

        Assert.Equal("! TimeInvalid line 1, column 7", elements[0]);
        Assert.StartsWith("{\"measurement\":\"m\"", elements[1]);
        Assert.Equal(2, elements.Count);
    }

    [Fact]
    public void Decode_BadLinesAmongGoodOnes_CostThemselves() => Assert.Equal(
        [
            """{"measurement":"a","tags":{},"fields":{"f":1}}""",
            "! NumberInvalid line 2, column 5",
            """{"measurement":"c","tags":{},"fields":{"f":3}}""",
            "! TagValueInvalid line 5, column 5",
            """{"measurement":"e","tags":{},"fields":{"f":5}}""",
        ],
        Decode("a f=1\nb f=NaN\nc f=3\n# \nd,k= f=4\ne f=5\n"));

    [Theory]
    [InlineData("")]
    [InlineData("\r\n \n")]
    [InlineData("# nothing")]
    public void Decode_NoLine_IsRefused(string text) => Assert.Equal(["! PayloadEmpty $"], Decode(text));

    [Fact]
    public void Decode_BytesThatAreNotUtf8_BecomeReplacementCharacters()
    {
        string document = Assert.Single(CollectingSink.Decode(Decoder, [.. "m"u8, 0xFF, .. " f"u8, 0xFF, .. "=\""u8, 0xFF, .. "\""u8]));
        using JsonDocument json = JsonDocument.Parse(document);

        Assert.Equal("m\uFFFD", json.RootElement.GetProperty("measurement").GetString());
        Assert.Equal("\uFFFD", json.RootElement.GetProperty("fields").GetProperty("f\uFFFD").GetString());
    }

    [Fact]
    public void Decode_AsManyLinesAsAllowed_TakesThemAndOneMoreRefusesAll()
    {
        string lines = string.Concat(Enumerable.Repeat("# c\n\nm f=1\n", DecodingLimits.MaxElements));

        Assert.Equal(DecodingLimits.MaxElements, Decode(lines).Count);
        Assert.Equal(["! ElementsExceeded $"], Decode(lines + "m f=1"));
    }

    [Theory]
    [MemberData(nameof(LineSamples.Good), MemberType = typeof(LineSamples))]
    public void Decode_AnyGoodLineWithATimeThatInfluxDbTakes_IsValidJson(string text, string expected) =>
        Assert.All(Decode(text), e => Assert.True(expected.Length == 0 || expected.Contains("92233720368547758") ? e[0] == '!' : JsonDocument.Parse(e).RootElement.TryGetProperty("fields", out _)));

    [Theory]
    [MemberData(nameof(LineSamples.Bad), MemberType = typeof(LineSamples))]
    public void Decode_AnyBadLine_IsOneRejection(string text, RejectionReason reason, int line, int column) =>
        Assert.Equal([$"! {reason} line {line}, column {column}"], Decode(text));

    [Fact]
    public void Decode_AnyBytes_GivesValidJsonOrRejections() =>
        Gen.OneOf(Gen.Byte, Gen.Int[0, 17].Select(i => (byte)"m,k= f=1i\"\\\n#-e5tu"[i])).Array[0, 60].Sample(bytes =>
        {
            foreach (string element in CollectingSink.Decode(Decoder, bytes))
            {
                if (element[0] != '!') JsonDocument.Parse(element).Dispose();
            }
        }, iter: 20_000);

    [Fact]
    public void Decode_GoodLines_AllocateNothing()
    {
        var sink = new ForgettingSink();
        byte[] payload = Encoding.UTF8.GetBytes("cpu,host=gw\\ 07 usage=97.5,procs=112i,ok=t,note=\"a \\\"b\\\"\" 1795483800000000000\n");
        Decoder.Decode(new Message { Payload = payload, ReceivedNs = 0 }, sink);
        Assert.Equal(1, sink.Count);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (int i = 0; i < 100; i++) Decoder.Decode(new Message { Payload = payload, ReceivedNs = 0 }, sink);
        }));
    }

    private static List<string> Decode(string text, string? precision = null) =>
        CollectingSink.Decode(Decoder, Encoding.UTF8.GetBytes(text), precision is null ? null : new Properties("Precision", precision));
}
