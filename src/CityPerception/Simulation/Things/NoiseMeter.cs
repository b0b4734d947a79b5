using System.Globalization;

namespace CityPerception.Simulation.Things;

/// <summary>Noise meters: they send text, local times, and their id only in the topic.</summary>
internal sealed class NoiseMeter(Device device) : Thing(device, everySeconds: 2)
{
    private DateTimeOffset _loudUntil;

    public void Disturb(DateTimeOffset until) => _loudUntil = until;

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        // By class of GB 3096: quiet at a sanatorium, loud beside a main road.
        (double night, double swing) = Device.Category switch
        {
            "0" => (34.0, 12.0),
            "1" => (38.0, 14.0),
            "2" => (43.0, 15.0),
            "3" => (49.0, 12.0),
            "4b" => (52.0, 14.0),
            _ => (51.0, 16.0),
        };
        bool loud = now < _loudUntil;
        double leq = night + swing * Rhythm.Traffic(now) + Scatter(2) + (loud ? 22 : 0);
        double sample = leq + Scatter(3), spread = 1 + Random.NextDouble();

        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("time", Rhythm.Local(draft.Time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        draft.Text("la", sample);
        draft.Json.WriteStartObject("stat");
        draft.Text("leq", leq);
        draft.Text("l10", leq + 1.6 * spread);
        draft.Text("l50", leq - 1.2 * spread);
        draft.Text("l90", leq - 3.4 * spread);
        draft.Text("max", leq + 4 + 4 * spread);
        draft.Text("min", leq - 4 - 2 * spread);
        draft.Json.WriteEndObject();
        draft.Json.WriteString("flag", "N");
        draft.Json.WriteNumber("batt", 40 + (Seeds.Hash(city.Options.Seed, Device.Id) & 63) * 60 / 64);
        draft.Json.WriteEndObject();
        city.Publish("noise-meter", $"city/noise/{Sender}/telemetry", Sender, draft);
    }
}

/// <summary>Now and then somebody builds at night: one meter runs over its limit, and ten minutes later a neighbour complains.</summary>
internal sealed class NoiseEpisodes(IReadOnlyList<NoiseMeter> meters, Random random) : IActor
{
    private static readonly TimeSpan InLife = TimeSpan.FromMinutes(30), AtLeast = TimeSpan.FromSeconds(75);

    public DateTimeOffset? Act(CityModel city, DateTimeOffset now)
    {
        NoiseMeter meter = meters[random.Next(meters.Count)];
        TimeSpan scaled = city.Scaled(InLife);
        meter.Disturb(now + (scaled > AtLeast ? scaled : AtLeast)); // long enough to stand out in a minute's mean
        Offices.Residents.Complain(city, now, Offices.CityTopic.Noise, meter.Device);
        return now + city.Options.NoiseEpisodeEvery;
    }
}
