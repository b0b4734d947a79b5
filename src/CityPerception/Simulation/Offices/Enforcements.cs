namespace CityPerception.Simulation.Offices;

/// <summary>Administrative penalty cases: filed, decided, executed or waived.</summary>
internal sealed class Enforcements(CityModel city)
    : Office(city, "enforcements", share: 0.006, messagesAnAct: 3, Rhythm.Office)
{
    private const double LimitHours = 90 * 24;

    private static readonly (string Domain, string Unit)[] Domains =
    [
        ("市场", "市场监督管理局"), ("食品", "市场监督管理局"), ("药品", "市场监督管理局"), ("特种设备", "市场监督管理局"),
        ("环境", "生态环境局"), ("安全生产", "应急管理局"), ("消防", "消防救援支队"), ("建设", "住房和城乡建设局"),
    ];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        (string domain, string unit) = Pick(Domains);
        string id = city.NewId("CF", now), district = Pick(Places.ByPopulation);
        bool major = Random.Next(12) == 0, waived = !major && Random.Next(5) == 0, repeat = Random.Next(15) == 0;
        double decided = 20 * 24 * (0.6 + Random.NextDouble()), ended = decided + 24 * (5 + 80 * Math.Pow(Random.NextDouble(), 2));
        string end = waived ? "waived" : Random.Next(60) == 0 ? "revoked" : "executed";
        int fine = waived ? 0 : (major ? 50_000 : 500) * (1 + Random.Next(10));
        CaseStep[] steps = [new("filed", 0, 0), new("decided", decided, decided), new(end, ended, ended - decided)];
        OpenCase.Begin(city, now, steps, (c, at, reached) =>
        {
            CaseStep step = steps[reached];
            Draft draft = c.Begin(at, FaultScope.Record);
            draft.Json.WriteStartObject();
            draft.Json.WriteString("caseId", id);
            draft.Category("domain", domain);
            draft.Json.WriteString("district", district);
            draft.Json.WriteString("unit", unit);
            draft.Json.WriteString("state", step.State);
            draft.Json.WriteString("time", Rhythm.Local(draft.Time));
            draft.Json.WriteNumber("deadline", draft.At(now + c.Scaled(TimeSpan.FromHours(LimitHours))).ToUnixTimeSeconds());
            draft.Json.WriteNumber("elapsedDays", Math.Round(step.Hours / 24, 1));
            draft.Json.WriteNumber("stageDays", Math.Round(step.StageHours / 24, 1));
            draft.Json.WriteString("marks", string.Join(',', Marks(major, repeat, isDecided: reached > 0)));
            if (reached > 0) draft.Json.WriteString("fine", fine.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
            if (reached == steps.Length - 1) draft.Json.WriteBoolean("onTime", step.Hours <= LimitHours);
            draft.Json.WriteEndObject();
            c.Post("enforcement", id, draft);
        });
    }

    /// <summary>What applies is named; what does not is absent.</summary>
    private static IEnumerable<string> Marks(bool major, bool repeat, bool isDecided)
    {
        if (major) yield return "major";
        if (repeat) yield return "repeat";
        if (isDecided) yield return "full_record";
        if (isDecided && major) yield return "legal_review";
    }
}
