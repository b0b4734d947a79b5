namespace CityPerception.Simulation.Things;

/// <summary>Small stations that speak SenML (RFC 8428): a base name and time, then a record a quantity.</summary>
internal sealed class SenmlStation(Device device) : Thing(device, everySeconds: 10)
{
    protected override void Send(CityModel city, DateTimeOffset now)
    {
        WeatherNow weather = city.Weather.At(now);
        Draft draft = city.Begin(now, FaultScope.Senml);
        draft.Json.WriteStartArray();
        draft.Json.WriteStartObject();
        draft.Json.WriteString("bn", $"urn:dev:cz:{Device.Id}:");
        draft.Json.WriteNumber("bt", draft.Time.ToUnixTimeMilliseconds() / 1000m);
        Record(draft, "temperature", "Cel", weather.Temperature + Scatter(0.5), 1);
        Next(draft, "humidity", "%RH", Math.Clamp(weather.Humidity + Scatter(3), 5, 100), 0);
        Next(draft, "pm2.5", "ug/m3", Math.Max(3, 34 + 14 * Rhythm.Winter(now) + 18 * Rhythm.Inversion(now) - 5 * weather.Wetness + Scatter(4)), 0);
        Next(draft, "battery", "%EL", 30 + (Seeds.Hash(city.Options.Seed, Device.Id) & 63), 0);
        draft.Json.WriteEndArray();
        city.Publish("senml-gateway", $"city/senml/{Sender}", Sender, draft);
    }

    private static void Next(Draft draft, string name, string unit, double value, int digits)
    {
        draft.Json.WriteStartObject();
        Record(draft, name, unit, value, digits);
    }

    private static void Record(Draft draft, string name, string unit, double value, int digits)
    {
        draft.Json.WriteString("n", name);
        draft.Json.WriteString("u", unit);
        draft.Number("v", value, digits);
        draft.Json.WriteEndObject();
    }
}
