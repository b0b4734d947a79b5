namespace CityPerception.Simulation.Offices;

/// <summary>Inspections by 双随机一公开: planned, done, published, and what was found put right.</summary>
internal sealed class Inspections(CityModel city)
    : Office(city, "inspections", share: 0.01, messagesAnAct: 3.3, Rhythm.Office)
{
    private static readonly string[] Domains = ["食品", "药品", "特种设备", "环境", "安全生产", "消防", "建设", "市场"];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        string id = city.NewId("JC", now), domain = Pick(Domains), district = Pick(Places.ByPopulation);
        bool planned = Random.Next(12) > 0, joint = Random.Next(3) == 0, found = Random.Next(5) == 0, rectified = Random.Next(12) > 0;
        int departments = joint ? 2 + Random.Next(2) : 1;
        double publishDays = 1 + 22 * Math.Pow(Random.NextDouble(), 2);
        List<CaseStep> steps = [new("planned", 0, 0), new("done", 30, 30), new("published", 30 + 24 * publishDays, 24 * publishDays)];
        if (found && rectified) steps.Add(new("rectified", steps[^1].Hours + 60, 60));
        OpenCase.Begin(city, now, steps, (c, at, reached) =>
        {
            string state = steps[reached].State;
            Draft draft = c.Begin(at, FaultScope.Record);
            draft.Json.WriteStartObject();
            draft.Json.WriteStartObject("task");
            draft.Json.WriteString("id", id);
            draft.Category("domain", domain);
            draft.Json.WriteString("district", district);
            draft.Json.WriteBoolean("planned", planned);
            draft.Json.WriteNumber("departments", departments);
            draft.Json.WriteEndObject();
            draft.Json.WriteString("state", state);
            draft.Json.WriteString("time", Rhythm.Local(draft.Time));
            if (state is not "planned") draft.Json.WriteBoolean("found", found);
            if (state is "published") draft.Json.WriteNumber("publishedAfterDays", Math.Round(publishDays));
            if (found && state is not "planned") draft.Json.WriteNumber("rectifyBy", draft.At(now + c.Scaled(TimeSpan.FromDays(30))).ToUnixTimeSeconds());
            draft.Json.WriteEndObject();
            c.Post("inspection", id, draft);
        });
    }
}
