namespace CityPerception.Simulation.Things;

/// <summary>Street lamps report through their cabinet: one message, an object with a member a lamp. On at dusk, off at dawn.</summary>
internal sealed class LampCabinet(IReadOnlyList<Device> lamps) : Thing(lamps[0], everySeconds: 8)
{
    public const int Lamps = 10;

    private readonly DateTimeOffset[] _brokenUntil = new DateTimeOffset[lamps.Count];

    public override string Sender { get; } = "LC-" + lamps[0].Id[3..];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        Draft draft = city.Begin(now, FaultScope.Telemetry);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("cabinet", Sender);
        draft.Json.WriteString("at", Rhythm.Local(draft.Time)); // ISO 8601 with +08:00
        draft.Json.WriteStartObject("lamps");
        for (int i = 0; i < lamps.Count; i++) Lamp(city, now, draft, i);
        draft.Json.WriteEndObject();
        draft.Json.WriteEndObject();
        city.Publish("lamp", $"city/lamp/{Sender}/telemetry", Sender, draft);
    }

    private void Lamp(CityModel city, DateTimeOffset now, Draft draft, int index)
    {
        Device lamp = lamps[index];
        double late = 0.12 * Seeds.Noise(Seeds.Hash(city.Options.Seed, lamp.Id), 0.5);
        bool wanted = Rhythm.IsDark(now, late);
        if (now >= _brokenUntil[index] && Random.NextDouble() < 0.0003)
        {
            _brokenUntil[index] = now + TimeSpan.FromMinutes(2) + city.Scaled(TimeSpan.FromDays(1));
            Offices.Residents.MayComplain(city, now, Offices.CityTopic.Lamp, lamp);
        }

        bool broken = now < _brokenUntil[index], on = wanted && !broken;
        draft.Json.WriteStartObject(lamp.Id);
        draft.Json.WriteString("state", on ? "ON" : "OFF");
        draft.Json.WriteBoolean("fault", broken);
        draft.Number("w", on ? 118 + Scatter(4) : 0.4);
        draft.Json.WriteEndObject();
    }
}
