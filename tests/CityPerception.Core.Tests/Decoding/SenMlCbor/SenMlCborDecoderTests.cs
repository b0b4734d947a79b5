using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using CityPerception.Core.Decoding.SenMl;
using CityPerception.Core.Decoding.SenMlCbor;
using CityPerception.Core.Tests.Decoding.SenMl;
using CsCheck;

namespace CityPerception.Core.Tests.Decoding.SenMlCbor;

public sealed class SenMlCborDecoderTests
{
    private const long Now = 1795600000_000000000;

    // The beginning of RFC 8428's own example (section 6), cut to its first two records.
    private static readonly byte[] Rfc = Convert.FromHexString(
        "82A721781B75726E3A6465763A6F773A3130653230373361303130383030363A22FB41D303A15B00106223614120050067766F6C7461676501615602FB405E066666666666"
        + "A3006763757272656E74062402FB3FF3333333333333");

    private static readonly string[] Labels = ["bs", "bv", "bu", "bt", "bn", "bver", "n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"];

    public static TheoryData<string> Packs => [.. SenMlDecoderTests.Packs.Select(p => p.Data.Item1)];

    [Fact]
    public void Decode_ExampleOfTheStandard_IsItsTwoRecords() => Assert.Equal(
        [
            """{"n":"urn:dev:ow:10e2073a0108006:voltage","bn":"urn:dev:ow:10e2073a0108006:","name":"voltage","u":"V","v":120.1,"time":1276020076001000000}""",
            """{"n":"urn:dev:ow:10e2073a0108006:current","bn":"urn:dev:ow:10e2073a0108006:","name":"current","u":"A","v":1.2,"time":1276020071001000000}""",
        ],
        Decode(Rfc));

    [Theory, MemberData(nameof(Packs))]
    public void Decode_PackThatIsAlsoGivenInJson_IsTheSame(string pack)
    {
        List<string> expected = CollectingSink.Decode(new SenMlDecoder(), Encoding.UTF8.GetBytes(pack), receivedNs: Now);
        foreach (bool indefinite in (bool[])[false, true])
        {
            List<string> found = Decode(ToCbor(pack, indefinite));
            Assert.Equal(expected.Select(Canonical), found.Select(Canonical));
        }
    }

    [Fact]
    public void Decode_SmallFloatsAndFractions_KeepTheirDigits()
    {
        var writer = new CborWriter();
        writer.WriteStartArray(2);
        writer.WriteStartMap(2);
        Pair(writer, 0, w => w.WriteTextString("a"));
        Pair(writer, 2, w => w.WriteSingle(11.2f));
        writer.WriteEndMap();
        writer.WriteStartMap(2);
        Pair(writer, 0, w => w.WriteTextString("b"));
        Pair(writer, 2, w => w.WriteDecimal(20.30m));
        writer.WriteEndMap();
        writer.WriteEndArray();

        List<string> found = Decode(writer.Encode());
        Assert.Contains("\"v\":11.2,", found[0], StringComparison.Ordinal);
        Assert.Contains("\"v\":20.30,", found[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_EveryBeginningOfAPack_IsRefusedWhole()
    {
        for (int length = 0; length < Rfc.Length; length++)
        {
            string only = Assert.Single(Decode(Rfc[..length]));
            Assert.Contains(length == 0 ? "PayloadEmpty" : "SyntaxInvalid", only, StringComparison.Ordinal);
        }

        Assert.Equal([$"! SyntaxInvalid byte {Rfc.Length}"], Decode([.. Rfc, 0x00]));
    }

    [Fact]
    public void Decode_AnyBytes_IsAnAnswerAndNoException() =>
        Gen.Byte.Array[0, 60].Sample(bytes => { Decode(bytes); }, iter: 20_000);

    [Fact]
    public void Decode_DamagedPack_IsAnAnswerAndNoException() => Gen.Select(Gen.Int[0, Rfc.Length - 1], Gen.Byte).Sample((at, value) =>
    {
        byte[] damaged = [.. Rfc];
        damaged[at] = value;
        Decode(damaged);
    }, iter: 20_000);

    private static List<string> Decode(byte[] pack) => CollectingSink.Decode(new SenMlCborDecoder(), pack, receivedNs: Now);

    // Numbers may be written in another form: 1E+300 and 1e300.
    private static string Canonical(string document)
    {
        if (!document.StartsWith('{')) return document;
        using JsonDocument json = JsonDocument.Parse(document);
        return string.Join(' ', json.RootElement.EnumerateObject().Select(p =>
            $"{p.Name}={(p.Value.ValueKind is JsonValueKind.Number && p.Name is not "time" ? p.Value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture) : p.Value.ToString())}"));
    }

    private static byte[] ToCbor(string pack, bool indefinite)
    {
        using JsonDocument json = JsonDocument.Parse(pack);
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteStartArray(indefinite ? null : json.RootElement.GetArrayLength());
        foreach (JsonElement record in json.RootElement.EnumerateArray())
        {
            JsonProperty[] known = [.. record.EnumerateObject().Where(p => Labels.Contains(p.Name))];
            writer.WriteStartMap(indefinite ? null : known.Length + 1);
            foreach (JsonProperty property in known) Pair(writer, Array.IndexOf(Labels, property.Name) - 6, w => WriteValue(w, property));
            Pair(writer, 99, w => w.WriteTextString("of a later standard"));

            writer.WriteEndMap();
        }

        writer.WriteEndArray();
        return writer.Encode();
    }

    private static void WriteValue(CborWriter writer, JsonProperty property)
    {
        JsonElement value = property.Value;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) writer.WriteBoolean(value.GetBoolean());
        else if (property.Name == "vd") writer.WriteByteString(System.Buffers.Text.Base64Url.DecodeFromChars(value.GetString()));
        else if (value.ValueKind is JsonValueKind.String) writer.WriteTextString(value.GetString()!);
        else if (value.TryGetInt64(out long whole)) writer.WriteInt64(whole);
        else writer.WriteDouble(value.GetDouble());
    }

    private static void Pair(CborWriter writer, int label, Action<CborWriter> value)
    {
        writer.WriteInt32(label);
        value(writer);
    }
}
