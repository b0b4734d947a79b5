namespace CityPerception.Simulation.Offices;

/// <summary>What companies ask the government for: one message a change, as the enterprise service platform pushes it.</summary>
internal sealed class BusinessTips(CityModel city)
    : Office(city, "business tips", share: 0.015, messagesAnAct: 5, Rhythm.Office)
{
    private const double LimitHours = 72;

    private static readonly string[] Companies =
        ["漳河机械有限公司", "上党食品有限公司", "太行光电科技公司", "潞安新材料公司", "振东医药公司", "襄垣煤化工公司", "长子蔬菜合作社", "黎城建材公司", "沁源中药材公司", "武乡文旅公司"];

    private static readonly (string Category, string Text, string Unit)[] Wants =
    [
        ("融资", "反映流动资金紧张，希望对接银行续贷，额度约三百万元。", "金融工作办公室"),
        ("用工", "节后缺熟练焊工二十余人，请帮助组织招聘。", "人力资源和社会保障局"),
        ("用地", "二期扩建用地指标迟迟没有批复，影响设备进场。", "规划和自然资源局"),
        ("水电气", "园区本月停电三次，生产线多次停机，请协调供电部门。", "供电公司"),
        ("物流", "进园道路限高，大件运输要绕行十几公里。", "交通运输局"),
        ("政策", "咨询高新技术企业研发费用加计扣除怎么申报。", "税务局"),
        ("审批", "消防验收材料反复补正，希望一次性告知。", "行政审批服务管理局"),
        ("其他", "希望园区增开通勤公交，员工上下班不方便。", "工业和信息化局"),
    ];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        (string category, string text, string unit) = Pick(Wants);
        string id = city.NewId("QY", now), company = Pick(Companies), district = Pick(Places.ByPopulation);
        bool solved = Random.Next(7) > 0;
        int stars = solved ? 3 + Random.Next(3) : 1 + Random.Next(3);
        List<CaseStep> steps = CaseLife.Request(Random, LimitHours);
        OpenCase.Begin(city, now, steps, (c, at, reached) =>
        {
            CaseStep step = steps[reached];
            Draft draft = c.Begin(at, FaultScope.Record);
            draft.Json.WriteStartObject();
            draft.Json.WriteStartObject("tip");
            draft.Json.WriteString("no", id);
            draft.Category("type", category);
            draft.Json.WriteString("county", Places.NameOf(district));
            draft.Json.WriteString("content", company + text);
            draft.Json.WriteEndObject();
            draft.Json.WriteStartObject("event");
            draft.Json.WriteString("status", step.State);
            draft.Json.WriteNumber("at", draft.Time.ToUnixTimeMilliseconds());
            draft.Json.WriteString("unit", unit);
            draft.Json.WriteNumber("elapsedMinutes", Math.Round(step.Hours * 60));
            draft.Json.WriteNumber("stageMinutes", Math.Round(step.StageHours * 60));
            draft.Json.WriteNumber("deadline", draft.At(now + c.Scaled(TimeSpan.FromHours(LimitHours))).ToUnixTimeSeconds());
            if (step.State is "disposed" or "closed") draft.Json.WriteBoolean("inTime", step.Hours <= LimitHours);
            if (step.State is "closed")
            {
                draft.Json.WriteBoolean("resolved", solved);
                draft.Json.WriteNumber("stars", stars);
            }

            draft.Json.WriteEndObject();
            draft.Json.WriteEndObject();
            c.Post("business-tip", id, draft);
        });
    }
}
