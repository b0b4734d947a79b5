using System.Text;
using CityPerception.Core.Decoding.Hj212;

namespace CityPerception.Core.Tests.Decoding.Hj212;

public sealed class Hj212DecoderTests
{
    private const string Head = "QN=1;ST=22;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&";

    [Theory]
    // A value, its flag, what comes of it.
    [InlineData("a34004-Rtd=41,a34004-Flag=N", """{"a34004":{"Rtd":41,"Flag":"N"}}""", "")]
    [InlineData("a34004-Rtd=41", """{"a34004":{"Rtd":41}}""", "")]
    [InlineData("a34004-Rtd=41,a34004-Flag=D", "{}", ""","bad":"D","flagged":"a34004-Rtd=41,Flag=D" """)]
    [InlineData("a34004-Rtd=41,a34004-Flag=D;a34002-Rtd=7,a34002-Flag=N;02-Rtd=1,02-Flag=T", """{"a34002":{"Rtd":7,"Flag":"N"}}""", ""","flagged":"a34004-Rtd=41,Flag=D;a21026-Rtd=1,Flag=T" """)]
    // Old codes, upper case, blanks and slips.
    [InlineData("011-Rtd=63.0,011-Flag=N;S01-Rtd=8.2;B01-Rtd=17", """{"w01018":{"Rtd":63.0,"Flag":"N"},"a19001":{"Rtd":8.2},"w00000":{"Rtd":17}}""", "")]
    [InlineData("W01018-Rtd=1; 01018-Rtd=2", """{"w01018":{"Rtd":1},"w01018":{"Rtd":2}}""", "")]
    [InlineData("LA -Rtd=57.9; LMx-Data = 82.1 ;LA-td=1;", """{"la":{"Rtd":57.9},"lmx":{"Data":82.1},"la":{"Rtd":1}}""", "")]
    // What is no number in JSON goes on as text, and no text as no value.
    [InlineData("w1-Rtd=007,w1-Avg=-1.5,w1-Min=+2,w1-Max=.5,w1-Cou=NaN,w1-ZsRtd=", """{"w1":{"Rtd":"007","Avg":-1.5,"Min":"+2","Max":".5","Cou":"NaN","ZsRtd":null}}""", "")]
    public void Decode_Parameters_AreFactorsByTheirCodes(string parameters, string factors, string rest)
    {
        string document = Assert.Single(CollectingSink.Decode(new Hj212Decoder(), Frame(Head + "DataTime=20261124093000;" + parameters + "&&")));
        Assert.Equal($$"""{"qn":"1","st":"22","cn":"2011","mn":"M1","flag":5,"version":2017,"cp":{"DataTime":"20261124093000"},"factors":{{factors}}{{rest.Trim()}}}""", document);
    }

    [Theory]
    [InlineData("", 2005)]
    [InlineData("Flag=1;", 2005)]
    [InlineData("Flag=7;", 2017)]
    [InlineData("Flag=11;", 2025)]
    [InlineData("Flag=12;", 0)]
    public void Decode_Flag_TellsTheVersion(string flag, int version) =>
        Assert.Contains($"\"version\":{version},", Assert.Single(CollectingSink.Decode(new Hj212Decoder(), Frame($"QN=1,ST=22;CN=2011;MN=M1;{flag}CP=&&a1-Rtd=1&&"))), StringComparison.Ordinal);

    [Fact]
    public void Decode_WrongCrc_CostsTheFrameUnlessTheSiteIsLenient()
    {
        byte[] frame = Frame(Head + "a34004-Rtd=41&&");
        frame[^3] ^= 1;
        byte[] message = [.. frame, .. Frame(Head + "a34004-Rtd=42&&")];

        List<string> strict = CollectingSink.Decode(new Hj212Decoder(), message);
        Assert.Equal("! ChecksumInvalid frame 1", strict[0]);
        Assert.Contains("\"Rtd\":42", strict[1], StringComparison.Ordinal);

        List<string> lenient = CollectingSink.Decode(new Hj212Decoder(), message, new Properties("hj212-check", "lenient"));
        Assert.Contains("\"fault\":\"crc\",", lenient[0], StringComparison.Ordinal);
        Assert.DoesNotContain("fault", lenient[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QN=1;ST=22;CN=2011;Flag=9;CP=&&a1-Rtd=1&&", "frame 1")] // no MN
    [InlineData("QN=1;ST=22;CN=2011;MN=M1;Flag=9", "frame 1")]
    [InlineData("QN=1;ST=22;CN=2011;MN=M1;Flag=9;CP=&&9F3A77C0D1&&", "frame 1: CP")] // neither pairs nor whole blocks
    public void Decode_WhatCannotBeRead_IsRefused(string data, string path) =>
        Assert.Equal($"! SyntaxInvalid {path}", Assert.Single(CollectingSink.Decode(new Hj212Decoder(), Frame(data))));

    [Theory]
    [InlineData("i11001-Info=//a; b=1, c//;i12001-Info=1", """{"i11001":{"Info":"//a; b=1, c//"},"i12001":{"Info":1}}""")]
    [InlineData("i11001-Info=//a//", """{"i11001":{"Info":"//a//"}}""")]
    [InlineData("i11001-Info=//a;i12001-Info=1", """{"i11001":{"Info":"//a"},"i12001":{"Info":1}}""")] // it does not end: no more than its own
    public void Decode_Information_IsAlsoOneText(string information, string factors) => Assert.EndsWith(
        $$""""factors":{{factors}},"info":"{{information}}"}"""",
        Assert.Single(CollectingSink.Decode(new Hj212Decoder(), Frame($"QN=1;ST=32;CN=3020;MN=M1;Flag=9;CP=&&PolId=w01018;{information};&&"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("9F3A77C0D19F3A77C0D19F3A77C0D1AA")]
    [InlineData("nzp3wNGfOnfA0Z86d8DRqg==")]
    public void Decode_EncryptedWithoutAKey_IsRefusedAsSuch(string cipher)
    {
        string data = $"QN=1;ST=22;CN=2011;MN=M1;Flag=9;CP=&&{cipher}&&";
        Assert.Equal("! ContentEncodingInvalid frame 1: CP", Assert.Single(CollectingSink.Decode(new Hj212Decoder(), Frame(data))));
    }

    [Theory]
    [InlineData("ANameOfTwentyFourLetters=1")] // long, and = near the end
    [InlineData("a=1;b=2;c=3;d=4;e=5;f=6;g=7")]
    public void Decode_ParametersThatLookALittleLikeCiphertext_AreParameters(string parameters) =>
        Assert.StartsWith("{", Assert.Single(CollectingSink.Decode(new Hj212Decoder(), Frame($"QN=1;ST=22;CN=2011;MN=M1;Flag=9;CP=&&{parameters}&&"))), StringComparison.Ordinal);

    [Fact]
    public void Decode_EveryPrefix_IsAFrameOrARefusal()
    {
        byte[] frame = Frame(Head + "DataTime=20261124093000;a34004-Rtd=41,a34004-Flag=N&&");
        for (int end = 0; end < frame.Length - 2; end++)
            Assert.StartsWith("! ", Assert.Single(CollectingSink.Decode(new Hj212Decoder(), frame.AsSpan(0, end))), StringComparison.Ordinal);
    }

    private static byte[] Frame(string data)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(data), frame = new byte[bytes.Length + 12];
        Hj212Frame.Write(bytes, frame);
        return frame;
    }
}
