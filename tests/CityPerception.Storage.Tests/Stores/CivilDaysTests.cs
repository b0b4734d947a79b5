using System.Globalization;
using CityPerception.Core.Queries;
using CityPerception.Storage.Stores;
using CsCheck;

namespace CityPerception.Storage.Tests.Stores;

public sealed class CivilDaysTests
{
    [Theory]
    [InlineData("Asia/Shanghai", "2026-03-01", "2026-02-28T16:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")] // 00:00 to 00:59 were skipped
    [InlineData("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z")] // 00:00 to 00:59 came twice
    [InlineData("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z")]
    public void Start_OfADay_IsTheFirstInstantOfIt(string zone, string date, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), CivilDays.Start(DateOnly.Parse(date, CultureInfo.InvariantCulture), Zone(zone)));

    [Fact]
    public void Stretches_AnyRange_CoverItInOrderAndTellTheOffset()
    {
        TimeZoneInfo[] zones = [Zone("Asia/Shanghai"), Zone("Europe/Berlin"), Zone("Australia/Lord_Howe"), Zone("America/Sao_Paulo"), TimeZoneInfo.Utc];
        Gen.Select(Gen.Int[0, zones.Length - 1], Gen.Long[-1_000_000_000, 2_000_000_000], Gen.Long[1, 200_000_000], Gen.Double[0, 1]).Sample((z, fromSeconds, length, where) =>
        {
            var range = new QueryRange(fromSeconds * 1_000_000_000, (fromSeconds + length) * 1_000_000_000);
            IReadOnlyList<OffsetStretch> stretches = OffsetStretch.Of(range, zones[z]);

            Assert.Equal(range.FirstNs, stretches[0].FirstNs);
            Assert.Equal(range.LastNs, stretches[^1].LastNs);
            Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.Equal(pair.First.LastNs + 1, pair.Second.FirstNs));
            long second = fromSeconds + (long)(length * where);
            OffsetStretch stretch = stretches.Single(s => s.FirstNs <= second * 1_000_000_000 && second * 1_000_000_000 <= s.LastNs);
            Assert.Equal(zones[z].GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(second)), stretch.Offset);
        }, iter: 300);
    }

    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.FindSystemTimeZoneById(name);
}
