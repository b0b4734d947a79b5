using CityPerception.Core.Configuration;

namespace CityPerception.Channels;

/// <summary>Answers as the description of the API shows them: of the types that are answered, so that they cannot say otherwise.</summary>
internal static class ChannelExamples
{
    private const string District = "140403", Unit = "件", Hour = "1h", By = "default";

    private static readonly Names ChannelName = new("城感通", "City sense"), KpiName = new("事件上报量", "Incidents reported");
    private static readonly Names ChannelText = new("网格事件与巡查", "Incidents and inspections of the grid"), KpiText = new("时段内上报的事件数", "Incidents reported within the window");
    private static readonly DateTimeOffset Nine = new(2026, 11, 28, 9, 0, 0, TimeSpan.FromHours(8)), Computed = Nine.AddHours(1).AddSeconds(8);
    private static readonly EarlierValue Before = new(Nine.AddHours(-1), 10, 2, 20);
    private static readonly SeriesPoint Point = new(Nine, null, 12, null, null, "yellow", null, 12, 1, Computed.AddMinutes(3));

    public static readonly IReadOnlyList<ChannelSummary> List = [new("city", ChannelName, ChannelText, 9)];

    public static readonly ChannelAnswer Channel = new("city", ChannelName, ChannelText, District,
    [
        new KpiAnswer { Id = "incident_reported", Name = KpiName, Unit = Unit, Better = "neutral", Window = Hour, Windows = ["1m", "1h", "1d"], DefinedBy = By, Value = 12, Level = "yellow", Samples = 12, Time = Nine, Rev = 1, Previous = Before },
    ]);

    public static readonly SeriesAnswer Series = new("incident_reported", District, Hour, Unit, [Point with { Previous = Before }], "1795827600,");

    public static readonly ExplainAnswer Explain = new()
    {
        Kpi = "incident_reported",
        Name = KpiName,
        Description = KpiText,
        DefinedBy = By,
        Unit = Unit,
        District = District,
        Window = Hour,
        From = Nine,
        To = Nine.AddHours(1),
        Formula = "reported",
        Computation = "12",
        Inputs =
        [
            new ExplainedInput("reported", "count(incident.case_id) where state in (reported)", 12, 12, "incident", "case_id", new RawPoints(
                Nine, Nine.AddHours(1), ["case_id"], ["state in (reported)", "district in (140403)"], "influxdb",
                "SELECT \"case_id\"::field AS \"f0\" FROM \"incident\" WHERE time >= '2026-11-28T01:00:00Z' AND time < '2026-11-28T02:00:00Z' AND (\"state\"::tag = 'reported') AND (\"district\"::tag = '140403') ORDER BY time ASC"),
                [new RefusedOf("grid-incident", "/api/deadletters?source=grid-incident&since=2026-11-28T01:00:00Z")]),
        ],
        Shown = Point,
        Revisions = [Point with { Value = 11, Samples = 11, Rev = 0, Computed = Computed }],
        Levels = "green ≤ 10, yellow 10–20, orange 20–30, else red",
        Bounds = [new("green", null, 10), new("yellow", 10, 20), new("orange", 20, 30)],
    };
}
