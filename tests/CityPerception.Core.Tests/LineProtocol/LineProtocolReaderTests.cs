using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Tests.LineProtocol;

public class LineProtocolReaderTests
{
    [Theory]
    [MemberData(nameof(LineSamples.Good), MemberType = typeof(LineSamples))]
    public void Read_GoodLine_SaysWhatItSays(string text, string expected) =>
        Assert.Equal(expected, string.Join("", LineDump.Of(text)));

    [Theory]
    [MemberData(nameof(LineSamples.GoodValues), MemberType = typeof(LineSamples))]
    public void Read_ValueOfAnyType_IsExact(string value, string expected) =>
        Assert.Equal($"m | | f:{expected} |", Assert.Single(LineDump.Of($"m f={value}")));

    [Theory]
    [MemberData(nameof(LineSamples.BadValues), MemberType = typeof(LineSamples))]
    public void Read_BadValue_IsRefusedWhereItStands(string value, RejectionReason reason) =>
        Assert.Equal($"! {reason} at 1:9", Assert.Single(LineDump.Of($"m a=1,f={value},z=2 5")));

    [Theory]
    [MemberData(nameof(LineSamples.Bad), MemberType = typeof(LineSamples))]
    public void Read_BadLine_IsRefusedWithReasonAndPlace(string text, RejectionReason reason, int line, int column) =>
        Assert.Equal($"! {reason} at {line}:{column}", Assert.Single(LineDump.Of(text)));

    [Theory]
    [MemberData(nameof(LineSamples.Bad), MemberType = typeof(LineSamples))]
    public void Read_BadLineAmongGoodOnes_CostsOnlyItself(string text, RejectionReason reason, int line, int column)
    {
        IReadOnlyList<string> read = LineDump.Of($"good,a=1 f=1 1\n{text}\ngood,a=1 f=2 2\n");

        Assert.Equal(["good | a=1 | f:Float=1 | 1", $"! {reason} at {line + 1}:{column}", "good | a=1 | f:Float=2 | 2"], read);
    }

    [Theory]
    [MemberData(nameof(LineSamples.Endless), MemberType = typeof(LineSamples))]
    public void Read_StringWithoutEnd_IsRefusedWithAllThatFollows(string text)
    {
        Assert.Equal(["! SyntaxInvalid at 1:5"], LineDump.Of(text));
        Assert.Equal(["good | | f:Float=1 |", "! SyntaxInvalid at 2:5"], LineDump.Of($"good f=1\n{text}\nsmuggled f=2 2\n"));
    }

    [Theory]
    [MemberData(nameof(LineSamples.Good), MemberType = typeof(LineSamples))]
    public void Read_GoodLineCutAnywhere_SaysWhatItWouldSayAmongOthers(string text, string expected)
    {
        byte[] whole = Encoding.UTF8.GetBytes(text);
        for (int cut = 0; cut < whole.Length; cut++)
        {
            IReadOnlyList<string> alone = LineDump.Of(whole.AsSpan(0, cut));
            IReadOnlyList<string> among = LineDump.Of([.. whole.AsSpan(0, cut), .. "\nnext f=1 1\n"u8]);

            bool insideQuotes = alone.Count > 0 && alone[^1] != expected && among.Count == alone.Count;
            Assert.Equal(insideQuotes ? alone : [.. alone, "next | | f:Float=1 | 1"], among);
            if (insideQuotes) Assert.StartsWith("! SyntaxInvalid", alone[^1]);
        }
    }

    [Fact]
    public void Read_QuotedLineBreaksInABadLine_AreNotTakenForLines()
    {
        const string Text = "m,k= s=\"x\nsmuggled f=1 1\n\"\nm f=x,s=\"x\nsmuggled f=1 1\n\",t=\"\" 7\ngood f=1 1";

        Assert.Equal(["! TagValueInvalid at 1:5", "! SyntaxInvalid at 4:5", "good | | f:Float=1 | 1"], LineDump.Of(Text));
    }

    [Fact]
    public void Read_QuotesInTheTagsOfABadLine_OpenNoString()
    {
        Assert.Equal(["! SyntaxInvalid at 1:3", "good | | f:Float=1 | 1"], LineDump.Of("m,,k=\"x f=1\ngood f=1 1"));
    }

    [Theory]
    [InlineData("m s=\"x\nsmuggled f=1 1\n\"")]
    [InlineData("m a\\=\"b=\"x\nsmuggled f=1 1\n\"")]
    public void NextLine_TheLineBeforeWasNotReadToItsEnd_StaysOutsideItsStrings(string text)
    {
        var reader = new LineProtocolReader(Encoding.UTF8.GetBytes(text + "\nnext f=1"));

        Assert.True(reader.NextLine());
        Assert.True(reader.NextLine());
        Assert.Equal("next", reader.Measurement.ToString());
        Assert.False(reader.NextLine());
    }

    [Theory]
    [InlineData("m,a=1,b=2,c=3 f=1", "! ElementsExceeded at 1:11")]
    [InlineData("m a=1,b=2,c=3", "! ElementsExceeded at 1:11")]
    [InlineData("m,abcdefghi=1 f=1", "! PayloadTooLarge at 1:3")]
    [InlineData("m abcdefghi=1", "! PayloadTooLarge at 1:3")]
    [InlineData("m,a=123456789012345678 f=1", "! PayloadTooLarge at 1:1")]
    [InlineData("m f=\"123456789012345678901234567890\"", "! PayloadTooLarge at 1:1")]
    [InlineData("m,a=12345678901234 f=1", "m | a=12345678901234 | f:Float=1 |")]
    public void Read_BeyondALimit_IsRefused(string text, string expected)
    {
        var limits = new LineProtocolLimits { MaxTags = 2, MaxFields = 2, MaxKeyBytes = 8, MaxSeriesKeyBytes = 18, MaxLineBytes = 32 };

        Assert.Equal([expected, "m | | f:Float=1 | 1"], LineDump.Of(text + "\nm f=1 1", limits));
    }

    [Fact]
    public void Read_GoodLine_HandsOutItsParts()
    {
        var reader = new LineProtocolReader("# c\n a\\ b,k=v,l=\\= f=1,s=\"x\ny\" 5  \r\nnext f=1"u8);

        Assert.True(reader.NextLine());
        Assert.True(reader.Measurement.NeedsUnescape);
        Assert.Equal(@"a\ b", Encoding.UTF8.GetString(reader.Measurement.Raw));
        Assert.True(reader.NextTag());
        Assert.False(reader.Value.NeedsUnescape);
        Assert.True(reader.NextField()); // the other tag is passed over
        Assert.Equal("1", Encoding.UTF8.GetString(reader.Value.Raw));
        Assert.True(reader.NextField());
        Assert.False(reader.NextField());
        Assert.False(reader.NextTag());
        Assert.Equal(@"a\ b,k=v,l=\=", Encoding.UTF8.GetString(reader.SeriesKey));
        Assert.Equal("a\\ b,k=v,l=\\= f=1,s=\"x\ny\" 5", Encoding.UTF8.GetString(reader.Line));
        Assert.Equal(5, reader.LineOffset);
        Assert.True(reader.NextLine());
        Assert.True(reader.NextField());
        Assert.False(reader.NextField());
        Assert.False(reader.HasTime);
        Assert.False(reader.NextLine());
        Assert.False(reader.NextLine());
    }

    [Theory]
    [InlineData("1.5", 1.5, null, null)]
    [InlineData("-3i", -3.0, -3L, null)]
    [InlineData("3i", 3.0, 3L, 3UL)]
    [InlineData("18446744073709551615u", 18446744073709551615.0, null, ulong.MaxValue)]
    [InlineData("7u", 7.0, 7L, 7UL)]
    [InlineData("t", null, null, null)]
    [InlineData("\"1\"", null, null, null)]
    public void TryGet_EveryType_GivesWhatFits(string value, double? asDouble, long? asInteger, ulong? asUnsigned)
    {
        var reader = new LineProtocolReader(Encoding.UTF8.GetBytes($"m f={value}"));
        reader.NextLine();
        reader.NextField();

        Assert.Equal(asDouble, reader.TryGetDouble(out double d) ? d : null);
        Assert.Equal(asInteger, reader.TryGetInt64(out long i) ? i : null);
        Assert.Equal(asUnsigned, reader.TryGetUInt64(out ulong u) ? u : null);
        Assert.Equal(value == "t", reader.TryGetBoolean(out bool b) && b);
    }
}
