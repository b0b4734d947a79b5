namespace CityPerception.Simulation.Things;

/// <summary>Air stations: PM under the night's inversion, NO2 with the rush hours, ozone with the sun; dust at sites.</summary>
internal sealed class AirStation(Device device) : Thing(device, everySeconds: 6)
{
    private double _volts = double.NaN;
    private long _sequence;

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        WeatherNow weather = city.Weather.At(now);
        double winter = Rhythm.Winter(now), traffic = Rhythm.Traffic(now), sun = Rhythm.Sun(now);
        double place = 1 + 0.35 * Seeds.Noise(Seeds.Hash(city.Options.Seed, Device.Id), (now - DateTimeOffset.UnixEpoch).TotalHours / 4);
        double held = (1 + 0.7 * Rhythm.Inversion(now)) / (1 + weather.WindSpeed / 7) / (1 + weather.Wetness / 4);
        bool site = Device.Category == "construction", road = Device.Category == "roadside";

        double pm25 = Math.Max(3, (32 + 16 * winter + 8 * traffic) * place * held + Scatter(3));
        double dust = site ? 70 * Rhythm.Office(now) * (1 + weather.WindSpeed / 8) / (1 + weather.Wetness) : 0;
        double pm10 = pm25 * 1.55 + dust + Math.Abs(Scatter(6));
        double no2 = Math.Max(4, (12 + (road ? 42 : 24) * traffic) * place * (0.6 + 0.4 * held) + Scatter(2));
        _volts = double.IsNaN(_volts) ? 3.12 + 0.5 * Random.NextDouble() : Math.Max(3.0, _volts - 0.00001);

        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("deviceId", Device.Id);
        draft.Json.WriteNumber("ts", draft.Time.ToUnixTimeMilliseconds());
        draft.Json.WriteNumber("seq", ++_sequence);
        draft.Json.WriteStartObject("data");
        draft.Number("pm25", pm25);
        draft.Number("pm10", pm10);
        draft.Number("no2", no2);
        if (Device.Category == "ambient")
        {
            draft.Number("so2", Math.Max(2, 9 + 7 * winter + Scatter(2)));
            draft.Number("o3", Math.Max(5, 28 + (95 - 35 * winter) * sun * place - 12 * traffic + Scatter(4)));
            draft.Number("co", Math.Max(0.1, 0.35 + 0.01 * pm25 + 0.3 * traffic + Scatter(0.05)), 2);
        }

        draft.Number("temp", weather.Temperature + Scatter(0.4));
        draft.Json.WriteEndObject();
        draft.Json.WriteNumber("battery", Math.Round(_volts, 2));
        draft.Json.WriteString("fw", "2.4.1");
        draft.Json.WriteEndObject();
        city.Publish("air-station", $"city/aq/{Sender}/telemetry", Sender, draft);
    }
}
