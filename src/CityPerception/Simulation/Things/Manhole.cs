namespace CityPerception.Simulation.Things;

/// <summary>Manhole covers on LoRaWAN: the network server's envelope around a few values, heard by several gateways.</summary>
internal sealed class Manhole(Device device) : Thing(device, everySeconds: 20)
{
    private const int TelemetryPort = 2, StatusPort = 1;

    private DateTimeOffset _openUntil;
    private int _counter;

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        if (now >= _openUntil && Random.NextDouble() < 0.0008)
        {
            _openUntil = now + TimeSpan.FromSeconds(90) + city.Scaled(TimeSpan.FromHours(2));
            Offices.Residents.MayComplain(city, now, Offices.CityTopic.Manhole, Device);
        }

        bool open = now < _openUntil;
        double resting = 1 + 4 * Math.Abs(Seeds.Noise(Seeds.Hash(city.Options.Seed, Device.Id), 0.5));
        double level = Math.Max(0, 22 + 9 * city.Weather.At(now).Wetness + Scatter(3)); // cm
        bool status = ++_counter % 24 == 0; // nobody reads these: the source's filter leaves them out

        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteStartObject("end_device_ids");
        draft.Json.WriteString("device_id", Device.Id);
        draft.Json.WriteStartObject("application_ids");
        draft.Json.WriteString("application_id", "changzhi-manhole");
        draft.Json.WriteEndObject();
        draft.Json.WriteEndObject();
        draft.Json.WriteStartObject("uplink_message");
        draft.Json.WriteNumber("f_port", status ? StatusPort : TelemetryPort);
        draft.Json.WriteNumber("f_cnt", _counter);
        draft.Json.WriteStartObject("decoded_payload");
        draft.Json.WriteString("lid", open ? "OPEN" : "CLOSED");
        draft.Number("tilt", open ? 35 + Scatter(20) : resting + Scatter(0.3));
        draft.Number("level", level, 0);
        draft.Json.WriteNumber("battery", 15 + (Seeds.Hash(city.Options.Seed, "battery " + Device.Id) & 127) * 85 / 128);
        draft.Json.WriteEndObject();
        draft.Json.WriteStartArray("rx_metadata");
        for (int gateway = Random.Next(1, 4); gateway > 0; gateway--) Reception(draft, gateway);
        draft.Json.WriteEndArray();
        draft.Json.WriteString("received_at", draft.Time.UtcDateTime);
        draft.Json.WriteEndObject();
        draft.Json.WriteEndObject();
        city.Publish("manhole", $"city/manhole/{Sender}/telemetry", Sender, draft);
    }

    private void Reception(Draft draft, int gateway)
    {
        draft.Json.WriteStartObject();
        draft.Json.WriteStartObject("gateway_ids");
        draft.Json.WriteString("gateway_id", $"gw-{Device.District}-{gateway}");
        draft.Json.WriteEndObject();
        draft.Json.WriteNumber("rssi", -80 - Random.Next(38));
        draft.Json.WriteNumber("snr", Math.Round(9 - 14 * Random.NextDouble(), 1));
        draft.Json.WriteEndObject();
    }
}
