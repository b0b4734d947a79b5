using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Core.Tests.Decoding.Sparkplug;

public sealed class SparkplugDecoderTests
{
    private const string Topic = "spBv1.0/g/DBIRTH/e7/lamp";

    private static readonly byte[] Rich = SparkplugPayloads.Write(
        Edge.Time,
        1,
        [
            new("Lit", true, 11, 11), new("Power/Active", 131.5f, 9, 12), new("Total", 1.25e3, 10, 13, Edge.Time - 5000), new("Offset", -5, 1, 14) { IsHistorical = true },
            new("Note", "路灯", 12, 15), new("Shape", new byte[] { 1, 2, 3 }, 17), new("Gone", null, 3, 16) { IsNull = true }, new("Count", 7L, 8, 17),
        ]);

    [Fact]
    public void Decode_MetricsOfOneTime_AreOneDocumentByName() => Assert.Equal(
        ["""{"group":"g","node":"e7","device":"lamp","type":"DDATA","seq":3,"sent":1795483800000,"timestamp":1795483800000,"historical":false,"metrics":{"Power/Active":131.5,"Lit":true,"Note":"路灯"}}"""],
        Edge.Decode("spBv1.0/g/DDATA/e7/lamp", SparkplugPayloads.Write(Edge.Time, 3, new("Power/Active", 131.5f), new("Lit", true, 11, null, Edge.Time), new("Note", "路灯"))));

    [Fact]
    public void Decode_MetricsOfSeveralTimes_AreADocumentForEach()
    {
        List<string> found = Edge.Decode("spBv1.0/g/NDATA/e7", SparkplugPayloads.Write(
            Edge.Time, 3, new("a", 1f, 9, null, Edge.Time - 60_000) { IsHistorical = true }, new("a", 2f, 9, null, Edge.Time - 30_000) { IsHistorical = true }, new("a", 3f), new("b", 4f)));

        Assert.Equal(
            [
                """{"group":"g","node":"e7","type":"NDATA","seq":3,"sent":1795483800000,"timestamp":1795483740000,"historical":true,"metrics":{"a":1}}""",
                """{"group":"g","node":"e7","type":"NDATA","seq":3,"sent":1795483800000,"timestamp":1795483770000,"historical":true,"metrics":{"a":2}}""",
                """{"group":"g","node":"e7","type":"NDATA","seq":3,"sent":1795483800000,"timestamp":1795483800000,"historical":false,"metrics":{"a":3,"b":4}}""",
            ],
            found);
    }

    // Sign and width by datatype (6.4.16): in 32 or 64 bits, or in the type's own.
    [Theory]
    [InlineData(1, -5, "-5")]
    [InlineData(1, 251, "-5")]
    [InlineData(1, 127, "127")]
    [InlineData(2, -32768, "-32768")]
    [InlineData(2, 65535, "-1")]
    [InlineData(3, -2147483648, "-2147483648")]
    [InlineData(4, -1L, "-1")]
    [InlineData(4, -1, "-1")]
    [InlineData(3, -7L, "-7")]
    [InlineData(3, 4294967289L, "-7")]
    [InlineData(5, 255, "255")]
    [InlineData(6, 65535, "65535")]
    [InlineData(7, -1, "4294967295")]
    [InlineData(7, 4294967295L, "4294967295")]
    [InlineData(8, -1L, "18446744073709551615")]
    [InlineData(13, 1795483800000L, "1795483800000")]
    [InlineData(9, 11.2f, "11.2")]
    [InlineData(10, 11.2f, "11.2")]
    [InlineData(9, 11.2, "11.2")]
    [InlineData(9, float.NaN, "null")]
    [InlineData(10, double.PositiveInfinity, "null")]
    [InlineData(11, false, "false")]
    [InlineData(12, "a\"b", "\"a\\\"b\"")]
    [InlineData(14, "", "\"\"")]
    [InlineData(15, "x", "\"x\"")]
    public void Decode_ValueOfADatatype_IsThatValue(int type, object value, string expected) => Assert.Contains(
        $"\"metrics\":{{\"m\":{expected}}}", Assert.Single(Edge.Decode("spBv1.0/g/NDATA/e7", SparkplugPayloads.Write(Edge.Time, 3, new SparkplugMetric("m", value, type)))), StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 300, "! NumberInvalid $.metrics['m']")]
    [InlineData(1, -200, "! NumberInvalid $.metrics['m']")]
    [InlineData(5, 256, "! NumberInvalid $.metrics['m']")]
    [InlineData(5, -1, "! NumberInvalid $.metrics['m']")]
    [InlineData(3, 8589934592L, "! NumberInvalid $.metrics['m']")]
    [InlineData(7, -1L, "! NumberInvalid $.metrics['m']")]
    [InlineData(9, 5, "! TypeMismatch $.metrics['m']")]
    [InlineData(11, 1, "! TypeMismatch $.metrics['m']")]
    [InlineData(3, 1.5, "! TypeMismatch $.metrics['m']")]
    [InlineData(12, true, "! TypeMismatch $.metrics['m']")]
    public void Decode_ValueThatIsNoneOfItsDatatype_CostsItself(int type, object value, string expected)
    {
        List<string> found = Edge.Decode("spBv1.0/g/NDATA/e7", SparkplugPayloads.Write(Edge.Time, 3, new("m", value, type), new("good", 1f)));
        Assert.Equal(expected, found[0]);
        Assert.Contains("\"metrics\":{\"good\":1}", found[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_NullAndTransientAndComposite_AreNoValueAndLeftOut()
    {
        List<string> found = Edge.Decode("spBv1.0/g/NDATA/e7", SparkplugPayloads.Write(
            Edge.Time, 3, new("null", null, 3) { IsNull = true }, new("none", null, 3), new("passing", 1f) { IsTransient = true }, new("file", new byte[] { 1 }, 18), new("array", new byte[] { 1 }, 22), new("bytes", new byte[] { 1 }), new("set", null, 16) { IsNull = true }));

        Assert.Equal(["-", "-", "-", "-", "-"], found[..^1]);
        Assert.Contains("\"metrics\":{\"null\":null,\"none\":null}", found[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AliasesThatNobodyExplains_AreOneRejection() => Assert.Equal(
        ["""{"group":"g","node":"e7","type":"NDATA","seq":3,"sent":1795483800000,"timestamp":1795483800000,"historical":false,"metrics":{"known":1}}""", "! AliasUnknown $.metrics"],
        Edge.Decode("spBv1.0/g/NDATA/e7", SparkplugPayloads.Write(Edge.Time, 3, [new SparkplugMetric("known", 1f), .. Enumerable.Range(10, 300).Select(i => new SparkplugMetric(null, 1f, 9, i))])));

    // Is 251 an Int8 below zero? Only its birth knows.
    [Fact]
    public void Decode_WholeNumberWithNeitherBirthNorDatatype_IsNotGuessed() =>
        Assert.Equal(["! AliasUnknown $.metrics"], Edge.Decode("spBv1.0/g/NDATA/e7", SparkplugPayloads.Write(Edge.Time, 3, new SparkplugMetric("m", 251))));

    [Theory]
    [InlineData("NBIRTH/e7", "\"status\":[{\"name\":\"e7\",\"kind\":\"node\",\"online\":true,\"seen\":1795483800}]")]
    [InlineData("DBIRTH/e7/lamp", "\"status\":[{\"name\":\"lamp\",\"kind\":\"device\",\"online\":true,\"seen\":1795483800}]")]
    [InlineData("DDEATH/e7/lamp", "\"status\":[{\"name\":\"lamp\",\"kind\":\"device\",\"online\":false,\"seen\":1795483800}]")]
    [InlineData("NDEATH/e7", "\"status\":[{\"name\":\"e7\",\"kind\":\"node\",\"online\":false,\"seen\":1795483800}]")]
    public void Decode_BirthsAndDeaths_SayWhoseStatusChanged(string rest, string expected) =>
        Assert.Contains(expected, Assert.Single(Edge.Decode($"spBv1.0/g/{rest}", SparkplugPayloads.Write(Edge.Time, 0))), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("city/lamp/1")]
    [InlineData("spBv1.0/g/NCMD/e7")]
    [InlineData("spBv1.0/g/DDATA/e7")]
    [InlineData("spBv1.0/g/NDATA/e7/lamp")]
    [InlineData("spBv1.0/g/DDATA/e7/lamp/more")]
    [InlineData("spBv1.0/g/NDATA/")]
    [InlineData("spBv1.0/STATE/host")]
    public void Decode_TopicThatNamesNoSender_IsRejected(string topic) => Assert.Equal(["! SyntaxInvalid topic"], Edge.Decode(topic, Rich));

    [Fact]
    public void Decode_EveryPrefixAndEveryRest_IsDocumentsOrARejection()
    {
        for (int cut = 0; cut <= Rich.Length; cut++)
        {
            Assert.NotEmpty(Edge.Decode(Topic, Rich[..cut]));
            Assert.NotEmpty(Edge.Decode(Topic, Rich[cut..]));
        }
    }

    [Fact]
    public void Decode_AnyBytes_NeverThrow() => Gen.Byte.Array[0, 80].Sample(
        bytes =>
        {
            var edge = new Edge();
            edge.Send("DBIRTH/e7/lamp", bytes);
            edge.Send("DDATA/e7/lamp", bytes);
            edge.Send("NDEATH/e7", bytes);
        },
        iter: 20_000);

    [Fact]
    public void Decode_OneByteChanged_NeverThrows() => Gen.Select(Gen.Int[0, Rich.Length - 1], Gen.Byte).Sample(
        (at, value) =>
        {
            byte[] changed = [.. Rich];
            changed[at] = value;
            var edge = new Edge();
            edge.Send("DBIRTH/e7/lamp", Rich);
            edge.Send("DDATA/e7/lamp", changed);
            edge.Send("DBIRTH/e7/lamp", changed);
        },
        iter: 20_000);

    [Fact]
    public void Decode_CompressedPayload_IsRejectedPlainly()
    {
        // As Tahu makes it: uuid (4) and body (5).
        byte[] payload = [0x22, 18, .. "SPBV1.0_COMPRESSED"u8, 0x2a, 2, 1, 2];
        Assert.Equal(["! ContentEncodingInvalid $.uuid"], Edge.Decode(Topic, payload));
    }

    [Fact]
    public void Decode_TooManyMetrics_AreRefusedAsOne() => Assert.Equal(
        ["! ElementsExceeded $.metrics"], Edge.Decode(Topic, SparkplugPayloads.Write(Edge.Time, 1, Enumerable.Range(0, 10_001).Select(i => new SparkplugMetric($"m{i}", 1f)))));
}
