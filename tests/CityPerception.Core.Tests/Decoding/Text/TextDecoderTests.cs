using System.Text;
using CityPerception.Core.Decoding.Text;

namespace CityPerception.Core.Tests.Decoding.Text;

public sealed class TextDecoderTests
{
    [Theory]
    [InlineData("Online", """{"text":"Online"}""")]
    [InlineData("\uFEFF  在线 \r\n", """{"text":"在线"}""")]
    [InlineData("offline\0", """{"text":"offline"}""")]
    [InlineData("{\"state\":\"online\"}", """{"text":"{\"state\":\"online\"}"}""")]
    [InlineData("a\nb\\", """{"text":"a\nb\\"}""")]
    [InlineData("", "! PayloadEmpty $")]
    [InlineData(" \r\n", "! PayloadEmpty $")]
    public void Decode_Text_IsOneDocument(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(CollectingSink.Decode(new TextDecoder(), Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Decode_Longer_ThanALine_IsRefused()
    {
        Assert.StartsWith("{", Assert.Single(CollectingSink.Decode(new TextDecoder(), Encoding.ASCII.GetBytes(new string('x', TextDecoder.MaxBytes)))), StringComparison.Ordinal);
        Assert.Equal("! PayloadTooLarge $", Assert.Single(CollectingSink.Decode(new TextDecoder(), Encoding.ASCII.GetBytes(new string('x', TextDecoder.MaxBytes + 1)))));
    }

    [Fact]
    public void Decode_EveryPrefix_IsItsOwnText()
    {
        const string text = "Online since 09:30";
        for (int length = 1; length <= text.Length; length++)
            Assert.Equal($$"""{"text":"{{text[..length].TrimEnd()}}"}""", Assert.Single(CollectingSink.Decode(new TextDecoder(), Encoding.ASCII.GetBytes(text[..length]))));
    }
}
