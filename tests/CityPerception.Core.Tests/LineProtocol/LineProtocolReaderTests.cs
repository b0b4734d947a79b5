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
}
