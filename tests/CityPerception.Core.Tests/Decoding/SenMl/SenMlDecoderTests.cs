using System.Text;
using System.Text.Json;
using CityPerception.Core.Decoding;
using CityPerception.Core.Decoding.SenMl;
using CityPerception.Core.Observations;
using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Core.Tests.Decoding.SenMl;

public class SenMlDecoderTests
{
    private const long Now = 1795600000_000000000;

    private static readonly SenMlDecoder Decoder = new();

    /// <summary>Packs of the kinds that RFC 8428 gives as examples (section 5.1), with this city's values.</summary>
    public static TheoryData<string, string[]> Packs => new()
    {
        { // one value, now
            """[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]""",
            ["""{"n":"urn:dev:ow:10e2073a01080063","name":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1,"time":1795600000000000000}"""]
        },
        { // a base name, two quantities, now
            """[{"bn":"urn:dev:mac:01:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]""",
            ["""{"n":"urn:dev:mac:01:voltage","bn":"urn:dev:mac:01:","name":"voltage","u":"V","v":120.1,"time":1795600000000000000}""",
             """{"n":"urn:dev:mac:01:current","bn":"urn:dev:mac:01:","name":"current","u":"A","v":1.2,"time":1795600000000000000}"""]
        },
        { // base time and unit; seconds before the base time; a version that is known
            """[{"bn":"d:","bt":1.795483800001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2},{"n":"current","t":-4.25,"v":1.3}]""",
            ["""{"n":"d:voltage","bn":"d:","name":"voltage","u":"V","v":120.1,"time":1795483800001000000}""",
             """{"n":"d:current","bn":"d:","name":"current","u":"A","v":1.2,"time":1795483795001000000}""",
             """{"n":"d:current","bn":"d:","name":"current","u":"A","v":1.3,"time":1795483795751000000}"""]
        },
        { // a series of one quantity, positions between, another time for the battery
            """[{"bn":"m:","bt":1795483800,"bu":"%RH","v":20},{"n":"lon","u":"lon","v":113.118745},{"t":60,"v":20.3},{"n":"batt","u":"%EL","t":150,"v":98}]""",
            ["""{"n":"m:","bn":"m:","u":"%RH","v":20,"time":1795483800000000000}""",
             """{"n":"m:lon","bn":"m:","name":"lon","u":"lon","v":113.118745,"time":1795483800000000000}""",
             """{"n":"m:","bn":"m:","u":"%RH","v":20.3,"time":1795483860000000000}""",
             """{"n":"m:batt","bn":"m:","name":"batt","u":"%EL","v":98,"time":1795483950000000000}"""]
        },
        { // every type of value
            """[{"bn":"d:","n":"temp","u":"Cel","v":23.1},{"n":"label","vs":"井盖 \"7\"\n"},{"n":"open","vb":false},{"n":"nfc","vd":"aGkgCg"}]""",
            ["""{"n":"d:temp","bn":"d:","name":"temp","u":"Cel","v":23.1,"time":1795600000000000000}""",
             """{"n":"d:label","bn":"d:","name":"label","vs":"井盖 \"7\"\n","time":1795600000000000000}""",
             """{"n":"d:open","bn":"d:","name":"open","vb":false,"time":1795600000000000000}""",
             """{"n":"d:nfc","bn":"d:","name":"nfc","vd":"aGkgCg","time":1795600000000000000}"""]
        },
        { // a new base name in the middle, the base time stays
            """[{"bn":"a/","bt":1795483800,"n":"temp","v":1},{"n":"hum","v":2},{"bn":"b/","n":"temp","v":3}]""",
            ["""{"n":"a/temp","bn":"a/","name":"temp","v":1,"time":1795483800000000000}""",
             """{"n":"a/hum","bn":"a/","name":"hum","v":2,"time":1795483800000000000}""",
             """{"n":"b/temp","bn":"b/","name":"temp","v":3,"time":1795483800000000000}"""]
        },
        { // bases in a record of their own, which is no measurement; a sum; how soon there will be news
            """[{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1795483800,"bu":"Cel"},{"n":"temp","t":-60,"v":11.2,"ut":60},{"n":"kwh","u":"J","s":12.50}]""",
            ["""{"n":"urn:dev:mac:0024befffe804ff1:temp","bn":"urn:dev:mac:0024befffe804ff1:","name":"temp","u":"Cel","v":11.2,"time":1795483740000000000,"ut":60}""",
             """{"n":"urn:dev:mac:0024befffe804ff1:kwh","bn":"urn:dev:mac:0024befffe804ff1:","name":"kwh","u":"J","s":12.50,"time":1795483800000000000}"""]
        },
        { // base value and base sum are added without the noise of binary fractions; alone they stand for the whole
            """[{"bn":"d:","bv":20.1,"n":"a","v":0.2},{"n":"b","t":1},{"bs":100,"n":"c","s":0.5},{"n":"d"},{"bv":1e300,"n":"e","v":1}]""",
            ["""{"n":"d:a","bn":"d:","name":"a","v":20.3,"time":1795600000000000000}""",
             """{"n":"d:b","bn":"d:","name":"b","v":20.1,"time":1795600001000000000}""",
             """{"n":"d:c","bn":"d:","name":"c","s":100.5,"time":1795600000000000000}""",
             """{"n":"d:d","bn":"d:","name":"d","s":100,"time":1795600000000000000}""",
             """{"n":"d:e","bn":"d:","name":"e","v":1E+300,"s":100,"time":1795600000000000000}"""]
        },
        { // unknown labels, and nested ones, are passed over; escapes in names and labels
            """[{"n":"a\/b","x":{"v":1},"l":"x","\u0076":7,"e":[1,[2]]}]""",
            ["""{"n":"a/b","name":"a\/b","v":7,"time":1795600000000000000}"""]
        },
    };

    /// <summary>Records that are refused, each between two good ones.</summary>
    public static TheoryData<string, string> BadRecords => new()
    {
        { """{"n":"a"}""", "! ValueMissing $[1]" },
        { """{}""", "! ValueMissing $[1]" },
        { """{"n":"a","v":1,"vs":"x"}""", "! SyntaxInvalid $[1]" },
        { """{"n":"a","v":1,"vb":true,"s":1}""", "! SyntaxInvalid $[1]" },
        { """{"n":"a","v":"1"}""", "! TypeMismatch $[1].v" },
        { """{"n":"a","v":null}""", "! TypeMismatch $[1].v" },
        { """{"n":"a","v":{"x":[1]}}""", "! TypeMismatch $[1].v" },
        { """{"n":"a","vs":1}""", "! TypeMismatch $[1].vs" },
        { """{"n":"a","vb":0}""", "! TypeMismatch $[1].vb" },
        { """{"n":"a","vd":"not base64!"}""", "! TypeMismatch $[1].vd" },
        { """{"n":7,"v":1}""", "! TypeMismatch $[1].n" },
        { """{"n":"a","v":1e999}""", "! NumberInvalid $[1].v" },
        { """{"n":"a","v":1,"v":2}""", "! DuplicateKey $[1].v" },
        { """{"n":"a b","v":1}""", "! SyntaxInvalid $[1].n" },
        { """{"n":"温度","v":1}""", "! SyntaxInvalid $[1].n" },
        { """{"n":"\ud800","v":1}""", "! SyntaxInvalid $[1].n" },
        { """{"n":"a","v":1,"t":"12"}""", "! TypeMismatch $[1].t" },
        { """{"n":"a","v":1,"t":1795483800000}""", "! TimeInvalid $[1].t" },
        { """{"n":"a","v":1,"t":1e30}""", "! TimeInvalid $[1].t" },
        { """{"n":"a","v":1,"ut":"soon"}""", "! TypeMismatch $[1].ut" },
        { "7", "! TypeMismatch $[1]" },
        { "[[1]]", "! TypeMismatch $[1]" },
    };

    /// <summary>Packs of which nothing is taken.</summary>
    public static TheoryData<string, string> BadPacks => new()
    {
        { "", "! PayloadEmpty $" },
        { " \n", "! PayloadEmpty $" },
        { "[]", "! PayloadEmpty $" },
        { """{"n":"a","v":1}""", "! SyntaxInvalid $" },
        { "7", "! SyntaxInvalid $" },
        { """[{"n":"a","v":1},{"bver":11,"n":"b","v":1}]""", "! VersionUnsupported $[1].bver" },
        { """[{"bver":9.5,"n":"b","v":1}]""", "! VersionUnsupported $[0].bver" },
        { """[{"bver":"10","n":"b","v":1}]""", "! TypeMismatch $[0].bver" },
        { """[{"n":"a","v":1},{"n":"b","v":1,"ct_":"60"}]""", "! VersionUnsupported $[1]" },
        { """[{"n":"a","v":1,"x\u005F":null}]""", "! VersionUnsupported $[0]" },
        { """[{"n":"a","v":"wrong","bt":"1795483800","x":1}]""", "! TypeMismatch $[0].bt" },
        { """[{"bn":1},{"n":"b","v":1}]""", "! TypeMismatch $[0].bn" },
        { """[{"bv":1e999},{"n":"b","v":1}]""", "! NumberInvalid $[0].bv" },
        { """[{"bn":"a","bn":"b"},{"n":"b","v":1}]""", "! DuplicateKey $[0].bn" },
        { """[{"n":"a","v":1}""", "! SyntaxInvalid byte 16" },
        { """[{"n":"a","v":1}] x""", "! SyntaxInvalid byte 18" },
        { """[{"n":"a","v":01}]""", "! SyntaxInvalid byte 14" },
    };

    [Theory]
    [MemberData(nameof(Packs))]
    public void Decode_GoodPack_ResolvesEveryRecord(string pack, string[] expected) => Assert.Equal(expected, Decode(pack));

    [Theory]
    [MemberData(nameof(BadRecords))]
    public void Decode_BadRecord_CostsItself(string record, string expected)
    {
        List<string> elements = Decode($$"""[{"n":"x","v":1},{{record}},{"n":"y","v":2}]""");

        Assert.Equal(
            ["""{"n":"x","name":"x","v":1,"time":1795600000000000000}""", expected, """{"n":"y","name":"y","v":2,"time":1795600000000000000}"""],
            elements);
    }

    [Theory]
    [MemberData(nameof(BadPacks))]
    public void Decode_BadPack_TakesNothing(string pack, string expected) => Assert.Equal([expected], Decode(pack));

    [Fact]
    public void Decode_BadRecordWithBases_StillSetsThemForTheRest() => Assert.Equal(
        ["! TypeMismatch $[0].v", """{"n":"d:b","bn":"d:","name":"b","v":1,"time":1795483800000000000}"""],
        Decode("""[{"bn":"d:","bt":1795483800,"n":"a","v":"1"},{"n":"b","v":1}]"""));

    [Theory]
    [InlineData("-", null)]
    [InlineData("_a", null)]
    [InlineData(":a", null)]
    [InlineData("", "a b")]
    [InlineData("", "")]
    public void Decode_BadName_IsRefused(string baseName, string? name) => Assert.StartsWith(
        "! SyntaxInvalid $[0].n",
        Assert.Single(Decode($$"""[{"bn":"{{baseName}}",{{(name is null ? "" : $"\"n\":\"{name}\",")}}"v":1}]""")));

    [Fact]
    public void Decode_NameAtAndBeyondTheLimit_IsTakenAndRefused()
    {
        string half = new('a', DecodingLimits.MaxNameBytes / 2);

        Assert.Contains($"\"n\":\"{half}{half}\"", Decode($$"""[{"bn":"{{half}}","n":"{{half}}","v":1}]""")[0]);
        Assert.Equal(["! SyntaxInvalid $[0].n"], Decode($$"""[{"bn":"{{half}}","n":"{{half}}b","v":1}]"""));
    }

    [Theory]
    [InlineData("0", Now)]
    [InlineData("-60", Now - 60_000000000)]
    [InlineData("0.000000001", Now + 1)]
    [InlineData("30", Now + 30_000000000)]
    [InlineData("268435455.999999999", Now + 268435455_999999999)]
    [InlineData("268435456", 268435456_000000000)]
    [InlineData("1795483800.123456789", 1795483800_123456789)]
    [InlineData("1795483800.1234567899", 1795483800_123456789)]
    [InlineData("1.795483800123456789E9", 1795483800_123456789)]
    [InlineData("9223372036", 9223372036_000000000)]
    public void Decode_Time_IsAbsoluteToTheNanosecond(string time, long expected)
    {
        Assert.EndsWith($"\"time\":{expected}}}", Assert.Single(Decode($$"""[{"n":"a","v":1,"t":{{time}}}]""")));
        Assert.EndsWith($"\"time\":{expected}}}", Assert.Single(Decode($$"""[{"n":"a","v":1,"bt":{{time}}}]""")));
    }

    [Fact]
    public void Decode_RetainedMessage_HasATimeOnlyIfTheSenderGaveOne()
    {
        List<string> elements = CollectingSink.Decode(Decoder, """[{"n":"a","v":1},{"n":"a","v":1,"t":1795483800}]"""u8, receivedNs: Now, retained: true);

        Assert.Equal(["""{"n":"a","name":"a","v":1}""", """{"n":"a","name":"a","v":1,"time":1795483800000000000}"""], elements);
    }

    [Fact]
    public void Decode_TextThatIsNotUtf8_IsRefused() => Assert.Equal(
        ["! TextEncodingInvalid $[0].vs"],
        CollectingSink.Decode(Decoder, [.. "[{\"n\":\"a\",\"vs\":\""u8, 0xFF, .. "\"}]"u8]));

    [Fact]
    public void Decode_NestedTooDeep_IsRefused()
    {
        string Nested(int levels) => $$"""[{"n":"a","v":1,"x":{{new string('[', levels)}}{{new string(']', levels)}}}]""";

        Assert.StartsWith("{", Assert.Single(Decode(Nested(DecodingLimits.MaxDepth - 2))));
        Assert.StartsWith("! DepthExceeded", Assert.Single(Decode(Nested(DecodingLimits.MaxDepth - 1))));
    }

    [Fact]
    public void Decode_AsManyRecordsAsAllowed_TakesThemAndOneMoreRefusesAll()
    {
        string records = string.Join(",", Enumerable.Repeat("""{"n":"a","v":1}""", DecodingLimits.MaxElements));

        Assert.Equal(DecodingLimits.MaxElements, Decode($"[{records}]").Count);
        Assert.Equal(["! ElementsExceeded $"], Decode($$"""[{{records}},{"n":"b","v":1}]"""));
    }

    [Theory]
    [MemberData(nameof(Packs))]
    public void Decode_PackCutAnywhere_TakesNothing(string pack, string[] expected)
    {
        byte[] whole = Encoding.UTF8.GetBytes(pack);
        for (int cut = 0; cut < whole.Length; cut++)
        {
            Assert.StartsWith("! ", Assert.Single(CollectingSink.Decode(Decoder, whole.AsSpan(0, cut))));
        }

        Assert.NotEmpty(expected);
    }

    [Fact]
    public void Decode_AnyChangedPack_GivesValidJsonOrRejections() =>
        Gen.Select(Gen.Int[0, 8], Gen.Select(Gen.Int[0, 300], Gen.OneOf(Gen.Byte, Gen.Int[0, 15].Select(i => (byte)"[]{}\",:\\0e-.ubnt"[i]))).Array[0, 4]).Sample((pack, changes) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Packs.ElementAt(pack).Data.Item1);
            foreach ((int at, byte value) in changes) bytes[at % bytes.Length] = value;

            foreach (string element in CollectingSink.Decode(Decoder, bytes, receivedNs: Now))
            {
                if (element[0] != '!') JsonDocument.Parse(element).Dispose();
            }
        }, iter: 20_000);

    [Fact]
    public void Decode_GoodPack_AllocatesNothing()
    {
        var sink = new ForgettingSink();
        byte[] payload = """[{"bn":"urn:dev:mac:01:","bt":1795483800,"bu":"Cel","bv":1},{"n":"temp","v":11.4},{"n":"hum","u":"%RH","t":-1.5,"v":61},{"n":"open","vb":false},{"n":"x","vs":"好"}]"""u8.ToArray();
        Decoder.Decode(new Message { Payload = payload, ReceivedNs = Now }, sink);
        Assert.Equal(4, sink.Count);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (int i = 0; i < 100; i++) Decoder.Decode(new Message { Payload = payload, ReceivedNs = Now }, sink);
        }));
    }

    private static List<string> Decode(string pack) => CollectingSink.Decode(Decoder, Encoding.UTF8.GetBytes(pack), receivedNs: Now);
}
