using System.Text;
using CityPerception.Core.Decoding;
using CityPerception.Core.Decoding.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Tests.Decoding.Json;

public class JsonDecoderTests
{
    private static readonly JsonDecoder Decoder = new();

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""[{"a":1}, {"a":2}]""", """{"a":1}""", """{"a":2}""")]
    [InlineData("{\"a\":1}\n{\"a\":2}\r\n", """{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":1}[{"a":2}]{"a":3}""", """{"a":1}""", """{"a":2}""", """{"a":3}""")]
    [InlineData("\uFEFF {\"a\":1}", """{"a":1}""")]
    [InlineData("{\"a\":1}\n{\"a\":\n{\"a\":3}", """{"a":1}""", "! SyntaxInvalid $", """{"a":3}""")]
    [InlineData("""[{"a":1},{"a":2}""", """{"a":1}""", """{"a":2}""", "! SyntaxInvalid byte 16")]
    [InlineData("[]")]
    [InlineData(" ", "! PayloadEmpty $")]
    public void Decode_Message_IsItsElements(string text, params string[] expected) =>
        Assert.Equal(expected, CollectingSink.Decode(Decoder, Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("[", ",", "{}", "]")]
    [InlineData("[", " , ", "{\"a\":[1,2,3]}", "]")]
    [InlineData("", "\n", "{\"a\":[1,2,3]}", "\n")]
    [InlineData("", "", "{}", "")]
    [InlineData("[{}]", " ", "[{}]", "")]
    public void Decode_AsManyElementsAsAllowed_TakesThemAndOneMoreRefusesAll(string before, string between, string element, string after)
    {
        string Message(int count) => before + string.Join(between, Enumerable.Repeat(element, count)) + after;
        int most = DecodingLimits.MaxElements - (before.Length > 1 ? 1 : 0);

        Assert.Equal(DecodingLimits.MaxElements, CollectingSink.Decode(Decoder, Encoding.UTF8.GetBytes(Message(most))).Count);
        Assert.Equal(["! ElementsExceeded $"], CollectingSink.Decode(Decoder, Encoding.UTF8.GetBytes(Message(most + 1))));
    }

    [Fact]
    public void Decode_ArrayThatTheMappingReadsAsAWhole_IsOneElement()
    {
        string array = "[" + string.Join(",", Enumerable.Repeat("1", DecodingLimits.MaxElements + 1)) + "]";
        var sink = new CollectingSink(wantsWholeArray: true);

        Decoder.Decode(new Message { Payload = Encoding.UTF8.GetBytes(array), ReceivedNs = 0 }, sink);

        Assert.Equal([array], sink.Elements);
    }
}
