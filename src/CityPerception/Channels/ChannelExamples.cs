using CityPerception.Core.Configuration;

namespace CityPerception.Channels;

/// <summary>Answers as the description of the API shows them: of the types that are answered, so that they cannot say otherwise.</summary>
internal static class ChannelExamples
{
    private const string District = "140403", Unit = "%", Hour = "1h", By = "default", Tag = "dept", Group = "urban_management", Id = "overdue_rate";

    private static readonly Names ChannelName = new("协同通", "Coordination"), KpiName = new("超期率", "overdue rate"), GroupName = new("城市管理局", "urban management");
    private static readonly Names ChannelText = new("案件卡在哪里", "Where cases wait between departments"), KpiText = new("在办案件中已过时限的比例。", "Of the cases open at the window's end, how many are past their deadline.");
    private static readonly DateTimeOffset Nine = new(2026, 11, 28, 9, 0, 0, TimeSpan.FromHours(8)), Computed = Nine.AddHours(1).AddSeconds(8);
    private static readonly EarlierValue Before = new(Nine.AddHours(-1), 10, 2, 20);
    private static readonly SeriesPoint Point = new(Nine, Group, 12, 3, 25, "orange", null, 25, 1, Computed.AddMinutes(3)) { GroupName = GroupName };

    public static readonly IReadOnlyList<ChannelSummary> List = [new("coordination", ChannelName, ChannelText, 10)];

    public static readonly ChannelAnswer Channel = new("coordination", ChannelName, ChannelText, District,
    [
        new KpiAnswer { Id = Id, Name = KpiName, Unit = Unit, Better = "lower", Window = Hour, Windows = ["1h", "1d"], DefinedBy = By, By = Tag, Group = Group, GroupName = GroupName, Value = 12, Num = 3, Den = 25, Level = "orange", Samples = 25, Time = Nine, Rev = 1, Previous = Before },
    ]);

    public static readonly SeriesAnswer Series = new(Id, District, Hour, Unit, [Point with { Previous = Before }], "1795827600," + Group);

    public static readonly ExplainAnswer Explain = new()
    {
        Kpi = Id,
        Name = KpiName,
        Description = KpiText,
        DefinedBy = By,
        Unit = Unit,
        District = District,
        Group = Group,
        GroupName = GroupName,
        Window = Hour,
        From = Nine,
        To = Nine.AddHours(1),
        Formula = "100 · (overdue) / (open)",
        Computation = "100 · (3) / (25)",
        Inputs =
        [
            Input("overdue", 3),
            Input("open", 25),
        ],
        Shown = Point,
        Revisions = [Point with { Value = 8, Num = 2, Rev = 0, Computed = Computed }],
        Levels = new("正常 ≤ 3，关注 ≤ 8，预警 ≤ 15，其余严重", "normal ≤ 3, watch ≤ 8, warning ≤ 15, else critical"),
        Bounds = [new("green", null, 3), new("yellow", null, 8), new("orange", null, 15)],
    };

    private static ExplainedInput Input(string name, double value) => new(
        name, $"case.{name} by dept", value, (long)value, "case_event", "case_id",
        new RawPoints(Nine, Nine.AddHours(1), [], [$"district in ({District})", $"{Tag} in ({Group})"], "influxdb",
            $"SELECT * FROM \"case_event\" WHERE time >= '2026-11-28T01:00:00Z' AND time < '2026-11-28T02:00:00Z' AND (\"district\"::tag = '{District}') AND (\"{Tag}\"::tag = '{Group}') ORDER BY time ASC"),
        [new RefusedOf("case-event", "/api/deadletters?source=case-event&since=2026-11-28T01:00:00Z")]);
}
