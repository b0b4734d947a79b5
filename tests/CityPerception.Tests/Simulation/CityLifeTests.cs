using System.Globalization;
using System.Text.Json;
using CityPerception.Simulation;
using CityPerception.Simulation.Offices;

namespace CityPerception.Tests.Simulation;

/// <summary>What a person who looks at the screens expects of a city.</summary>
public sealed class CityLifeTests
{
    [Theory]
    [InlineData(14, false)]
    [InlineData(21, true)]
    [InlineData(4, true)]
    public void Lamps_ByHour_BurnAtNight(int hour, bool burn)
    {
        DateTimeOffset start = City.Morning.Date.AddHours(hour - 8); // local time, said in UTC
        List<JsonElement> lamps = [.. Json(City.Model(start: new DateTimeOffset(start.DateTime, TimeSpan.Zero)).For(TimeSpan.FromSeconds(30)), "lamp")
            .SelectMany(m => m.GetProperty("lamps").EnumerateObject().Select(l => l.Value))];

        Assert.Equal(140, City.Model().Devices.Count(d => d.Kind == "LP"));
        Assert.InRange(lamps.Count(l => l.GetProperty("state").GetString() == "ON") / (double)lamps.Count, burn ? 0.9 : 0, burn ? 1 : 0);
    }

    [Fact]
    public void Noise_RushHourAgainstNight_IsTenDecibelLouder()
    {
        double rush = MeanLeq(City.Morning.AddHours(-2.2)), night = MeanLeq(City.Morning.AddHours(-7));
        Assert.InRange(rush - night, 8, 20);

        static double MeanLeq(DateTimeOffset start)
        {
            SimulationOptions options = City.Options();
            options.NoiseEpisodeEvery = TimeSpan.Zero;
            return Json(City.Model(options, start).For(TimeSpan.FromSeconds(20)), "noise-meter")
                .Average(m => double.Parse(m.GetProperty("stat").GetProperty("leq").GetString()!, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void NoiseEpisode_OverLimit_IsFollowedByAComplaintNearby()
    {
        SimulationOptions options = City.Options();
        options.NoiseEpisodeEvery = TimeSpan.FromSeconds(40);
        CityModel city = City.Model(options, City.Morning.AddHours(-8)); // two in the morning: nobody files noise by chance
        List<Outgoing> messages = [.. city.For(TimeSpan.FromMinutes(8))];

        List<JsonElement> complaints = [.. Json(messages, "grid-incident")
            .Where(m => m.GetProperty("subType").GetString() == CityTopic.Noise.SubType && m.GetProperty("state").GetString() == "reported")];
        Assert.NotEmpty(complaints);
        foreach (JsonElement complaint in complaints)
        {
            double lat = complaint.GetProperty("pos").GetProperty("lat").GetDouble(), lon = complaint.GetProperty("pos").GetProperty("lng").GetDouble();
            DateTimeOffset at = complaint.GetProperty("time").GetDateTimeOffset();
            IEnumerable<Device> near = city.Devices.Where(d => d.Kind == "NM" && Metres(Gcj02.FromWgs84(d.Lat, d.Lon), (lat, lon)) < 500);
            Assert.Contains(near, meter => Leq(messages.Last(m => m.Sender == meter.Id && m.Due < at)) > LimitAtNight[meter.Category]);
        }

        static double Leq(Outgoing message) => double.Parse(
            JsonDocument.Parse(message.Text()).RootElement.GetProperty("stat").GetProperty("leq").GetString()!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Rain_OverHours_FloodsLowPlacesAndCloudsRivers()
    {
        CityModel city = City.Model();
        DateTimeOffset wet = Enumerable.Range(0, 24 * 60).Select(i => City.Morning.AddMinutes(i)).MaxBy(t => city.Weather.At(t).Wetness);
        DateTimeOffset dry = Enumerable.Range(0, 24 * 60).Select(i => City.Morning.AddMinutes(i)).MinBy(t => city.Weather.At(t).Wetness);

        Assert.True(city.Weather.At(wet).Wetness > 2 && city.Weather.At(dry).Wetness < 0.1, "a day of showers and dry hours");
        Assert.True(Deepest(wet) > 15 && Deepest(dry) < 5);
        Assert.True(Turbidity(wet) > 3 * Turbidity(dry));

        static double Deepest(DateTimeOffset start) => Json(City.Model(start: start).For(TimeSpan.FromSeconds(30)), "flood-gauge")
            .Max(m => (m.GetProperty("ch")[0].GetProperty("v").GetDouble() - 4) / 16 * 300);
        static double Turbidity(DateTimeOffset start) => Json(City.Model(start: start).For(TimeSpan.FromSeconds(30)), "water-station")
            .Average(m => m.GetProperty("probe").GetProperty("ntu").GetDouble());
    }

    [Fact]
    public void Incidents_TwentyMinutes_LiveFromReportToClosing()
    {
        List<JsonElement> events = [.. Json(City.Model().For(TimeSpan.FromMinutes(20)), "grid-incident")];
        List<List<string>> cases = [.. events.GroupBy(e => e.GetProperty("caseId").GetString()).Select(c => c.Select(e => e.GetProperty("state").GetString()!).ToList())];

        Assert.All(cases, states => Assert.Equal("reported", states[0]));
        Assert.Contains(cases, states => states.SequenceEqual(["reported", "verified", "accepted", "filed", "dispatched", "signed", "disposed", "checked", "closed"]));
        Assert.Contains(cases, states => states[^1] == "cancelled");
        double late = events.Count(IsLate) / (double)events.Count(e => e.GetProperty("state").GetString() == "closed");
        Assert.InRange(late, 0.02, 0.4);

        static bool IsLate(JsonElement e) => e.GetProperty("state").GetString() == "closed" && !e.GetProperty("onTime").GetBoolean();
    }

    [Fact]
    public void Weekend_Offices_AreNearlyClosed() =>
        Assert.True(Rhythm.Office(City.Morning.AddDays(4)) < 0.3 * Rhythm.Office(City.Morning));

    /// <summary>GB 3096-2008, table 1, dB(A) between 22 and 6 o'clock.</summary>
    private static readonly Dictionary<string, double> LimitAtNight =
        new() { ["0"] = 40, ["1"] = 45, ["2"] = 50, ["3"] = 55, ["4a"] = 55, ["4b"] = 60 };

    private static IEnumerable<JsonElement> Json(IEnumerable<Outgoing> messages, string source) =>
        messages.Where(m => m.Source == source).Select(m => JsonDocument.Parse(m.Text()).RootElement);

    private static double Metres((double Lat, double Lon) a, (double Lat, double Lon) b) =>
        111_000 * Math.Sqrt(Math.Pow(a.Lat - b.Lat, 2) + Math.Pow((a.Lon - b.Lon) * Math.Cos(a.Lat * Math.PI / 180), 2));
}
