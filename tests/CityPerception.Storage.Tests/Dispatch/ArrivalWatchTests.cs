using System.Text;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Observations;
using CityPerception.Storage.Dispatch;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Dispatch;

/// <summary>What of the observations of devices came twice, out of order, late or too early.</summary>
public sealed class ArrivalWatchTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly ArrivalWatch _watch = new();

    [Fact]
    public void Arrived_InOrder_IsSeenAndNothingElse()
    {
        for (int i = 0; i < 100; i++) Arrive(Noise(Noon.AddSeconds(i)), Noon.AddSeconds(i));
        Assert.Equal((100, 0, 0, 0), Counts());
    }

    [Fact]
    public void Arrived_TheSameLineAgain_IsADuplicateAndNotLate()
    {
        for (int i = 0; i < 8; i++) Arrive(Noise(Noon.AddSeconds(i)), Noon.AddSeconds(i));
        Arrive(Noise(Noon.AddSeconds(7)), Noon.AddSeconds(8));
        Arrive(Noise(Noon), Noon.AddSeconds(9)); // the eighth before it
        Assert.Equal((10, 2, 0, 0), Counts());
    }

    [Fact]
    public void Arrived_ARepeatAfterEightNewerPoints_IsOutOfOrder()
    {
        for (int i = 0; i <= 8; i++) Arrive(Noise(Noon.AddSeconds(i)), Noon.AddSeconds(i));
        Arrive(Noise(Noon), Noon.AddSeconds(9));
        Assert.Equal((10, 0, 1, 0), Counts());
    }

    [Fact]
    public void Arrived_OtherValuesOfTheSameTime_AreNoDuplicates()
    {
        Arrive(Noise(Noon, 50), Noon);
        Arrive(Noise(Noon, 51), Noon);
        Arrive(Noise(Noon, 50, device: "other"), Noon);
        Assert.Equal((3, 0, 0, 0), Counts());
    }

    [Fact]
    public void Arrived_OlderThanTheNewestOfItsSeries_IsLateWhateverOtherSeriesHave()
    {
        Arrive(Noise(Noon.AddSeconds(30)), Noon.AddSeconds(31));
        Arrive(Noise(Noon, device: "other"), Noon.AddSeconds(31));
        Arrive(Noise(Noon.AddSeconds(10)), Noon.AddSeconds(31));
        Arrive(Noise(Noon.AddSeconds(20)), Noon.AddSeconds(31));
        Assert.Equal((4, 0, 2, 0), Counts());
    }

    [Fact]
    public void Arrived_FromAClockThatIsAhead_IsCountedBeyondTwoMinutes()
    {
        Arrive(Noise(Noon.AddSeconds(120)), Noon);
        Arrive(Noise(Noon.AddSeconds(121)), Noon);
        Assert.Equal((2, 0, 0, 1), Counts());
    }

    [Fact]
    public void Arrived_AfterSomeTime_IsInItsRange()
    {
        foreach (int seconds in new[] { 0, 0, 3, 200, 7_000, 900_000 }) Arrive(Noise(Noon), Noon.AddSeconds(seconds));
        long[] delays = Assert.Single(_watch.Counts).Read().Delays;
        Assert.Equal(["1: 2", "5: 1", "300: 1", "21600: 1", "more: 1"], delays.Select(static (count, i) => (count, i)).Where(static d => d.count > 0).Select(static d => $"{DelayRanges.NameOf(d.i)}: {d.count}"));
    }

    [Fact]
    public void Arrived_BySourceAndDistrict_IsCountedApartAndWithoutADeviceNotAtAll()
    {
        Arrive(Line("a", "140403", "n1"), Noon);
        Arrive(Line("a", "140404", "n2"), Noon);
        Arrive(Line("a", "140404", "n3"), Noon);
        Arrive(Line("b", "", "n4"), Noon);
        Arrive(Line("b", "140403", ""), Noon);
        Assert.Equal([("a", "140403", 1), ("a", "140404", 2), ("b", "", 1)], _watch.Counts.Select(static c => (c.Source, c.District, (int)c.Read().Seen)).Order());
    }

    [Fact]
    public void Arrived_OfAKnownSeries_AllocatesNothing()
    {
        byte[][] lines = [.. Enumerable.Range(0, 100).Select(static i => Encoding.UTF8.GetBytes(Noise(Noon.AddSeconds(i))))];
        _watch.Arrived(lines[0], Noon.ToUnixNs());
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            foreach (byte[] line in lines) _watch.Arrived(line, Noon.ToUnixNs());
        }));
    }

    [Fact]
    public void Arrived_MoreSeriesThanItRemembers_BeginsAnewAndGoesOn()
    {
        for (int i = 0; i <= ArrivalWatch.MaxSeries; i++) Arrive(Noise(Noon, device: $"d{i}"), Noon);
        Arrive(Noise(Noon, device: "d0"), Noon); // forgotten: it cannot be told
        Arrive(Noise(Noon, device: "d0"), Noon);
        Assert.Equal((ArrivalWatch.MaxSeries + 3, 1, 0, 0), Counts());
    }

    private void Arrive(string line, DateTimeOffset at) => _watch.Arrived(Encoding.UTF8.GetBytes(line), at.ToUnixNs());

    private (long Seen, long Duplicate, long Late, long Ahead) Counts()
    {
        ArrivalTotals totals = Assert.Single(_watch.Counts).Read();
        return (totals.Seen, totals.Duplicate, totals.Late, totals.Ahead);
    }

    private static string Noise(DateTimeOffset at, double leq = 50, string device = "n1") => Lines.Line("noise", [("device", device), ("district", "140403"), ("source", "meter")], [("leq", leq)], at.ToUnixNs());

    private static string Line(string source, string district, string device) => Lines.Line("noise", [("device", device), ("district", district), ("source", source)], [("leq", 50.0)], Noon.ToUnixNs());
}
