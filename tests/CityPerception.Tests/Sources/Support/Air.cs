using System.Globalization;
using CityPerception.Core.Queries;

namespace CityPerception.Tests.Sources;

/// <summary>What an air station sends, and what becomes of it.</summary>
internal static class Air
{
    public const string Source = "air-station";

    public const long TimeMs = 1_700_000_000_000;

    /// <summary>A device that no other test has.</summary>
    public static string NewDevice() => $"AQ-{Guid.NewGuid():N}";

    public static string Topic(string device) => $"city/aq/{device}/telemetry";

    /// <summary>The example of the README.</summary>
    public static string Message(string device, long timeMs = TimeMs) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"deviceId":"{{{device}}}","ts":{{{timeMs}}},"seq":1,"data":{"pm25":35.1,"pm10":70.2,"no2":21.0,"temp":8.5},"battery":3.61}""");

    /// <summary>A message whose pm10 is no number.</summary>
    public static string BadMessage(string device) => $$$"""{"deviceId":"{{{device}}}","ts":1700000000000,"data":{"pm25":35.1,"pm10":"high"}}""";

    /// <summary>There is one point, and it is that of <see cref="Message"/>.</summary>
    public static void AssertIsMessage(IReadOnlyList<Point> points, string device)
    {
        Point point = Assert.Single(points);
        Assert.Equal(TimeMs * 1_000_000, point.TimeNs);
        Assert.Equal(
            new Dictionary<string, string> { ["category"] = "ambient", ["device"] = device, ["district"] = "140400", ["sense"] = "thing", ["source"] = Source },
            point.Tags.ToDictionary());
        Assert.Equal(["battery", "no2", "pm10", "pm25", "temperature"], point.Fields.Keys);
        Assert.Equal((35.1, 70.2, 21.0, 8.5), (point.Fields["pm25"], point.Fields["pm10"], point.Fields["no2"], point.Fields["temperature"]));
        Assert.Equal(93.846, (double)point.Fields["battery"], 0.001); // 3.61 V between 3.0 and 3.65
    }
}
