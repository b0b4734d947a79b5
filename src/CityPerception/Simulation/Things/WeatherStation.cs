using System.Globalization;

namespace CityPerception.Simulation.Things;

/// <summary>Weather stations: three observations a message, in hPa, km/h and points of the compass, the station around them.</summary>
internal sealed class WeatherStation(Device device) : Thing(device, everySeconds: 15)
{
    private const int Observations = 3;

    private static readonly string[] Compass =
        ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteStartObject("station");
        draft.Json.WriteString("id", Device.Id);
        draft.Json.WriteString("name", Device.Name);
        draft.Json.WriteEndObject();
        draft.Json.WriteStartArray("obs");
        for (int ago = Observations - 1; ago >= 0; ago--)
        {
            DateTimeOffset at = now - Interval / Observations * ago;
            WeatherNow weather = city.Weather.At(at);
            draft.Json.WriteStartObject();
            draft.Json.WriteString("at", Rhythm.Local(draft.At(at)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture));
            draft.Number("t", weather.Temperature + Scatter(0.3));
            draft.Number("rh", Math.Clamp(weather.Humidity + Scatter(2), 5, 100), 0);
            draft.Number("hPa", weather.Pressure + Scatter(0.3));
            draft.Number("wind_kmh", Math.Max(0, weather.WindSpeed + Scatter(0.6)) * 3.6);
            draft.Json.WriteString("wind_from", Compass[(int)Math.Round(weather.WindDirection / 22.5) % Compass.Length]);
            draft.Number("rain_mm", weather.Rain * (Interval / Observations).TotalHours, 3);
            draft.Json.WriteEndObject();
        }

        draft.Json.WriteEndArray();
        draft.Json.WriteEndObject();
        city.Publish("weather-station", $"city/weather/{Sender}/telemetry", Sender, draft);
    }
}
