using System.Text;
using CityPerception.Storage.Dispatch;

namespace CityPerception.Storage.Tests.Dispatch;

public sealed class SeriesLaneTests
{
    [Theory]
    [InlineData("noise,device=a leq=54.2 1", "noise,device=a leq=60,max=71 2")]
    [InlineData(@"noise,place=west\ gate leq=1 1", @"noise,place=west\ gate leq=2 1")]
    [InlineData(@"noise,place=west\ gate text=""a b"" 1", @"noise,place=west\ gate leq=2 1")]
    public void Of_SameSeries_IsTheSameLane(string one, string other) =>
        Assert.Equal(SeriesLane.Of(Encoding.UTF8.GetBytes(one), 1 << 20), SeriesLane.Of(Encoding.UTF8.GetBytes(other), 1 << 20));

    [Fact]
    public void Of_SeriesThatDifferAfterAnEscapedSpace_AreTwo() =>
        Assert.NotEqual(SeriesLane.Of(@"noise,place=west\ gate f=1 1"u8, 1 << 20), SeriesLane.Of(@"noise,place=west\ door f=1 1"u8, 1 << 20));

    [Fact]
    public void Of_ManySeries_UsesEveryLane()
    {
        int[] lanes = [.. Enumerable.Range(0, 1000).Select(i => SeriesLane.Of(Encoding.UTF8.GetBytes($"noise,device=d{i} f=1 1"), 4))];
        Assert.All(Enumerable.Range(0, 4), lane => Assert.InRange(lanes.Count(l => l == lane), 150, 350));
    }
}
