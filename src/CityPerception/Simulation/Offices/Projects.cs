namespace CityPerception.Simulation.Offices;

/// <summary>Key projects: full snapshots out of a spreadsheet, times as serial days, money in 万元 or 亿元.</summary>
internal sealed class Projects(CityModel city)
    : Office(city, "projects", share: 0.006, messagesAnAct: 1, t => 0.3 + 0.7 * Rhythm.Office(t))
{
    private const int Count = 180;

    private static readonly string[] Kinds = ["产业转型", "基础设施", "民生", "能源", "生态"], Levels = ["省级", "市级", "市级", "县级", "县级", "县级"];
    private static readonly DateTimeOffset SerialZero = new(1899, 12, 30, 0, 0, 0, TimeSpan.FromHours(8));

    private int _next;

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        int number = _next++ % Count;
        var own = new Random(Seeds.Hash(city.Options.Seed, $"project {number}")); // the same project every time
        string kind = Kinds[own.Next(Kinds.Length)], level = Levels[own.Next(Levels.Length)], district = Places.ByPopulation[own.Next(Places.ByPopulation.Count)];
        double plan = Math.Round(1500 * Math.Exp(2.5 * own.NextDouble())), pace = 0.75 + 0.45 * own.NextDouble();
        DateTimeOffset newYear = new(Rhythm.Local(now).Year, 1, 1, 0, 0, 0, TimeSpan.FromHours(8));
        double elapsed = (now - newYear).TotalDays / 365;
        bool carriedOver = own.Next(2) == 0;
        DateTimeOffset start = newYear.AddDays(carriedOver ? -200 : 30 + own.Next(240)), finish = start.AddDays(300 + own.Next(600));
        bool started = carriedOver || (now >= start && own.Next(20) > 0), finished = now >= finish && own.Next(10) > 0;
        double done = started ? plan * pace * elapsed : 0;

        Draft draft = city.Begin(now, FaultScope.Record);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("项目编号", $"XM{newYear.Year}-{number + 1:000}");
        draft.Json.WriteString("县区", district);
        draft.Category("类别", kind);
        draft.Json.WriteString("级别", level);
        draft.Json.WriteString("状态", finished ? "竣工" : started ? "在建" : "未开工");
        draft.Json.WriteNumber("更新", Math.Round((draft.Time - SerialZero).TotalDays, 7));
        draft.Json.WriteNumber("年度计划_万元", plan);
        draft.Json.WriteNumber("完成_亿元", Math.Round(done / 10_000, 4));
        draft.Json.WriteNumber("计划开工", start.ToUnixTimeSeconds());
        draft.Json.WriteNumber("计划竣工", finish.ToUnixTimeSeconds());
        draft.Json.WriteBoolean("续建", carriedOver);
        draft.Json.WriteBoolean("复工", carriedOver && own.Next(25) > 0);
        if (started && !carriedOver) draft.Json.WriteNumber("拿地到开工_天", 10 + own.Next(140));
        draft.Json.WriteEndObject();
        city.Post("project", $"project {number}", draft);
    }
}
