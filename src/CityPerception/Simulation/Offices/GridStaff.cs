namespace CityPerception.Simulation.Offices;

/// <summary>
/// Grid staff and residents' app: incidents that live from report to closing, one message a change of state. Terminals
/// of the staff publish over MQTT, the app's server posts.
/// </summary>
internal sealed class GridStaff(CityModel city, IReadOnlyList<Place> places)
    : Office(city, "grid staff", share: 0.05, messagesAnAct: 9, t => 0.5 * (Rhythm.Office(t) + Rhythm.People(t)))
{
    private const int TerminalsADistrict = 20;

    /// <summary>The terminals that the staff may publish by.</summary>
    public static IEnumerable<string> TerminalsOf(IEnumerable<Place> places) =>
        places.Select(p => p.Grid[..6]).Distinct().SelectMany(d => Enumerable.Range(0, TerminalsADistrict).Select(n => Terminal(d, n)));

    private static string Terminal(string district, int number) => $"T{district}{number:00}";

    protected override void Send(CityModel city, DateTimeOffset now) =>
        Open(city, now, Pick(CityTopic.Patrol), Pick(places).Nearby(Random), Random.Next(4) == 0 ? "app" : "grid", Random);

    public static void Open(CityModel city, DateTimeOffset now, CityTopic topic, Place place, string channel, Random random)
    {
        List<CaseStep> steps = CaseLife.Incident(random, topic.LimitHours);
        var incident = new Incident(
            city.NewId("LZ", now), topic, place, channel, topic.Say(place.Name, random),
            Severity: topic.Category == "event.emergency" ? 3 + random.Next(2) : 1 + random.Next(3),
            Deadline: now + city.Scaled(TimeSpan.FromHours(topic.LimitHours)),
            Terminal: Terminal(place.Grid[..6], random.Next(TerminalsADistrict)), Mediated: topic == CityTopic.Noise && random.Next(3) == 0, Agreed: random.Next(20) > 0);
        OpenCase.Begin(city, now, steps, (c, at, step) => incident.Write(c, at, steps[step]));
    }

    private sealed record Incident(
        string Id, CityTopic Topic, Place Place, string Channel, string Text, int Severity, DateTimeOffset Deadline, string Terminal, bool Mediated, bool Agreed)
    {
        public void Write(CityModel city, DateTimeOffset now, CaseStep step)
        {
            (double lat, double lon) = Gcj02.FromWgs84(Place.Lat, Place.Lon);
            Draft draft = city.Begin(now, FaultScope.Record);
            draft.Json.WriteStartObject();
            draft.Json.WriteString("caseId", Id);
            draft.Json.WriteString("state", step.State);
            draft.Json.WriteString("time", Rhythm.Local(draft.Time));
            draft.Category("category", Topic.Category);
            draft.Json.WriteString("subType", Topic.SubType);
            draft.Json.WriteString("channel", Channel);
            draft.Json.WriteNumber("severity", Severity);
            draft.Json.WriteString("district", Place.District);
            draft.Json.WriteString("grid", Place.Grid);
            draft.Json.WriteStartObject("pos");
            draft.Json.WriteNumber("lat", Math.Round(lat, 6));
            draft.Json.WriteNumber("lng", Math.Round(lon, 6));
            draft.Json.WriteEndObject();
            draft.Json.WriteString("text", Text);
            draft.Json.WriteString("unit", Topic.Unit);
            draft.Json.WriteNumber("units", Topic.Category == "event.emergency" ? 2 : 1);
            draft.Json.WriteNumber("deadline", draft.At(Deadline).ToUnixTimeSeconds());
            draft.Json.WriteNumber("elapsedHours", Math.Round(step.Hours, 2));
            draft.Json.WriteNumber("stageHours", Math.Round(step.StageHours, 2));
            if (step.State is "disposed" or "closed") draft.Json.WriteBoolean("onTime", step.Hours <= Topic.LimitHours);
            if (Mediated && step.State is "closed")
            {
                draft.Json.WriteBoolean("mediated", true);
                draft.Json.WriteBoolean("agreed", Agreed);
            }

            draft.Json.WriteEndObject();
            bool terminal = city.Options.MqttHost is not null && (Channel == "grid" || city.Options.HttpUrl is null);
            if (terminal) city.Publish("grid-incident", $"city/grid/{Terminal}/events", Id, draft, telemetry: false);
            else city.Post("grid-incident", Id, draft);
        }
    }
}
