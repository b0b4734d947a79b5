using System.Globalization;
using CityPerception.Core.Channels.Calculations;

namespace CityPerception.Core.Tests.Channels;

/// <summary>A percentile out of counts in ranges.</summary>
public sealed class DelayRangesTests
{
    [Theory]
    [InlineData("1: 100", 0.95)]
    [InlineData("1: 95, 60: 5", 1)]
    [InlineData("1: 90, 60: 10", 45)] // half of the ten, from 30 s to 60 s
    [InlineData("1: 1, 3600: 19", 3458)]
    [InlineData("1: 1, more: 1", 86_400)]
    [InlineData("", double.NaN)]
    public void Percentile_OfCounts_IsInterpolatedInItsRange(string counts, double expected)
    {
        Dictionary<string, long> ranges = counts.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(static c => c.Split(": ")).ToDictionary(static c => c[0], static c => long.Parse(c[1], CultureInfo.InvariantCulture));
        Assert.Equal(expected, DelayRanges.Percentile(ranges, 0.95), 0);
    }

    [Fact]
    public void Of_TheEndOfARange_IsInTheNext()
    {
        Assert.Equal(["1", "5", "10", "86400", "more", "1"], new long[] { 0, 1, 5, 86_399, 86_400, -300 }.Select(static s => DelayRanges.NameOf(DelayRanges.Of(s))));
        Assert.Equal(DelayRanges.Count, DelayRanges.Ends.Length + 1);
    }
}
