using System.Globalization;

namespace CityPerception.Simulation.Offices;

/// <summary>The approval system: an application is accepted, and decided a few (scaled) working days later.</summary>
internal sealed class Approvals(CityModel city)
    : Office(city, "approvals", share: 0.012, messagesAnAct: 2, Rhythm.Office)
{
    private const double WorkingDayHours = 24; // the simulation has no weekends inside a case

    private static readonly (string Item, string Class, int Statutory, int Promised, int Materials)[] Items =
    [
        ("公司设立登记", "企业开办", 15, 1, 4),
        ("食品经营许可", "经营许可", 20, 3, 5),
        ("建筑工程施工许可", "工程建设", 15, 3, 9),
        ("不动产转移登记", "不动产登记", 30, 3, 6),
        ("道路货物运输经营许可", "经营许可", 20, 2, 7),
        ("社会保险登记", "社会保障", 10, 1, 3),
        ("发票票种核定", "税务", 10, 1, 2),
        ("高压用电报装", "水电气暖报装", 22, 7, 5),
        ("排污许可证核发", "其他", 30, 10, 11),
    ];

    private static readonly string[] Channels = ["网上", "网上", "掌上", "大厅"];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        (string item, string kind, int statutory, int promised, int materials) = Pick(Items);
        string id = city.NewId("SP", now), district = Pick(Places.ByPopulation), channel = Pick(Channels);
        bool byPromise = Random.Next(10) < 6, missing = Random.Next(8) == 0, breach = byPromise && Random.Next(250) == 0;
        double days = Math.Round(promised * (0.3 + 0.6 * Random.NextDouble()) + (Random.Next(80) == 0 ? promised : 0), 1);
        string decision = Random.Next(30) switch { 0 => "不予许可", 1 => "撤回", _ => "准予许可" };
        CaseStep[] steps = [new("受理", 0, 0), new(decision, days * WorkingDayHours, days * WorkingDayHours)];
        OpenCase.Begin(city, now, steps, (c, at, reached) =>
        {
            Draft draft = c.Begin(at, FaultScope.Record);
            draft.Json.WriteStartObject();
            draft.Json.WriteString("bjbh", id); // 办件编号: such systems name their columns in pinyin
            draft.Json.WriteString("sxmc", item);
            draft.Category("sxfl", kind);
            draft.Json.WriteString("xzqh", district);
            draft.Json.WriteString("bjzt", steps[reached].State);
            draft.Json.WriteString("ztsj", Rhythm.Local(draft.Time).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
            draft.Json.WriteString("sqfs", channel);
            draft.Json.WriteString("fdts", statutory.ToString(CultureInfo.InvariantCulture));
            draft.Json.WriteString("cnts", promised.ToString(CultureInfo.InvariantCulture));
            draft.Json.WriteString("sjts", reached > 0 ? Draft.Format(days) : "");
            draft.Json.WriteNumber("cls", materials - (missing ? 1 : 0));
            draft.Json.WriteString("sfcn", byPromise ? "Y" : "N");
            draft.Json.WriteString("sfrq", missing ? "Y" : "N");
            if (reached > 0) draft.Json.WriteString("sfsx", breach ? "Y" : "N");
            draft.Json.WriteEndObject();
            c.Post("approval", id, draft);
        });
    }
}
