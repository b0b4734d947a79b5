using System.Globalization;

namespace CityPerception.Simulation.Things;

/// <summary>Water stations on the Zhuozhang, the Qin and their tributaries: factors by their code, rain makes them turbid.</summary>
internal sealed class WaterStation(Device device) : Thing(device, everySeconds: 30)
{
    protected override void Send(CityModel city, DateTimeOffset now)
    {
        WeatherNow weather = city.Weather.At(now);
        double place = Seeds.Noise(Seeds.Hash(city.Options.Seed, Device.Id), 0.5), wet = weather.Wetness;
        double slow = Seeds.Noise(Seeds.Hash(city.Options.Seed, Device.Id), (now - DateTimeOffset.UnixEpoch).TotalHours / 9);
        double dirt = 1 + 0.45 * place + 0.25 * slow;
        double temperature = Math.Max(1, 11 - 9 * Rhythm.Winter(now) + 1.5 * Rhythm.Sun(now));

        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("station", Device.Id);
        draft.Json.WriteString("sampled", Rhythm.Local(draft.Time).ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture));
        draft.Json.WriteStartArray("items");
        Item(draft, "w01010", temperature + Scatter(0.2), 1);
        Item(draft, "w01001", 7.9 + 0.25 * slow + Scatter(0.05), 2);
        Item(draft, "w01009", Math.Max(2, 13.2 - 0.28 * temperature - 1.2 * (dirt - 1) + Scatter(0.2)), 2);
        Item(draft, "w01019", 2.9 * dirt + 0.25 * wet + Scatter(0.2), 2);
        Item(draft, "w21003", 0.32 * dirt + 0.02 * wet + Math.Abs(Scatter(0.03)), 3);
        Item(draft, "w21011", 0.075 * dirt + 0.008 * wet + Math.Abs(Scatter(0.01)), 3);
        Item(draft, "w21001", 2.4 * dirt + Scatter(0.2), 2);
        draft.Json.WriteEndArray();
        draft.Json.WriteStartObject("probe");
        draft.Number("ec", 52 + 9 * place + Scatter(0.8)); // mS/m
        draft.Number("ntu", Math.Max(0.5, 6 * dirt + 18 * wet + Scatter(1)));
        draft.Json.WriteEndObject();
        draft.Json.WriteEndObject();
        city.Publish("water-station", $"city/water/{Sender}/telemetry", Sender, draft);
    }

    private static void Item(Draft draft, string code, double value, int digits)
    {
        draft.Json.WriteStartObject();
        draft.Json.WriteString("code", code);
        draft.Number("value", value, digits);
        draft.Json.WriteString("flag", "N");
        draft.Json.WriteEndObject();
    }
}
