namespace CityPerception.Simulation.Things;

/// <summary>Gauges in underpasses and at low crossings: a pressure probe's 4–20 mA for 0–300 cm, epoch in microseconds.</summary>
internal sealed class FloodGauge(Device device) : Thing(device, everySeconds: 8)
{
    private const double FullScaleCm = 300, DeepCm = 15;

    private bool _deep;

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        double low = 1.2 + 1.2 * Seeds.Noise(Seeds.Hash(city.Options.Seed, Device.Id), 0.5); // how low the place lies
        double depth = Math.Max(0, 4 * low * city.Weather.At(now).Wetness - 2 + Scatter(0.6));
        bool deep = depth >= DeepCm;
        if (deep && !_deep) Offices.Residents.MayComplain(city, now, Offices.CityTopic.Flood, Device);
        _deep = _deep ? depth > DeepCm / 2 : deep; // one flood is one alarm, though it wavers

        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("id", Device.Id);
        draft.Json.WriteNumber("us", (draft.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        draft.Json.WriteStartArray("ch");
        draft.Json.WriteStartObject();
        draft.Json.WriteString("n", "loop_mA");
        draft.Number("v", 4 + depth / FullScaleCm * 16, 3);
        draft.Json.WriteEndObject();
        draft.Json.WriteStartObject();
        draft.Json.WriteString("n", "supply_mV");
        draft.Number("v", 11800 + 900 * Rhythm.Sun(now) + Scatter(50), 0);
        draft.Json.WriteEndObject();
        draft.Json.WriteEndArray();
        draft.Json.WriteEndObject();
        city.Publish("flood-gauge", $"city/flood/{Sender}/telemetry", Sender, draft);
    }
}
