using System.Collections.Frozen;
using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Dashboards;

/// <summary>A channel: its KPIs as numbers, their levels, each over time, and what they are computed from.</summary>
internal static class ChannelDashboard
{
    // Of what calculations read: what any station of the kind measures.
    private static readonly FrozenDictionary<string, string> UsualFields = new Dictionary<string, string>
    {
        ["air_quality"] = "pm25",
        ["water_quality"] = "ph",
        ["emission"] = "so2",
        ["discharge"] = "ph",
    }.ToFrozenDictionary();

    private const int StatWidth = 4, StatHeight = 4, HalfWidth = 12, Height = 8;

    public static JsonObject Make(Channel channel, IngestPlan plan)
    {
        City city = plan.City;
        var grid = new PanelGrid();
        // One by a group has many values; the charts and the table show them.
        foreach (Kpi kpi in channel.Kpis.Where(k => k.By is null)) grid.Add(KpiPanels.Stat(channel, kpi, city), StatWidth, StatHeight);
        grid.NextRow();
        grid.Add(Levels(channel, city), Grafana.Columns, Height);
        grid.NextRow();
        foreach (Kpi kpi in channel.Kpis) grid.Add(KpiPanels.Trend(channel, kpi, city), HalfWidth, Height);
        foreach (Kpi kpi in channel.Kpis.Where(k => k.Inputs.Any(i => i.Every is not null))) grid.Add(KpiPanels.Coverage(channel, kpi, city), HalfWidth, Height);
        grid.NextRow();
        grid.Add(Latest("样本数和修订号一并给出：0 为首次显示的值。\n\nWith samples and revision: 0 is the value as it was first shown.", channel.Slug, city), HalfWidth, Height);
        grid.Add(Arrived([channel], plan), HalfWidth, Height);
        return Grafana.Dashboard(
            channel.Slug, DashboardVariables.Both(channel.Names), $"{channel.Description.Zh}\n\n{channel.Description.En}", city.Zone.Id, DashboardVariables.DefaultWindow([channel]),
            DashboardVariables.Of([channel], plan), grid.Panels);
    }

    /// <summary>How many observations came, of each measurement that KPIs are computed from.</summary>
    public static JsonObject Arrived(IEnumerable<Channel> channels, IngestPlan plan)
    {
        List<string[]> queries = [];
        foreach (var inputs in channels.SelectMany(c => c.Kpis).SelectMany(k => k.Inputs).GroupBy(i => i.Measurement).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Measurement measurement = plan.Measurements.ByName[inputs.Key];
            FieldSchema field = inputs.SelectMany(i => i.Where.Select(FieldOf).Prepend(i.Field)).Select(measurement.FindField).FirstOrDefault(f => f is not null)
                ?? (UsualFields.TryGetValue(measurement.Name, out string? usual) ? measurement.FindField(usual) : null) ?? measurement.Fields[0];
            string name = measurement.Names is { } names ? DashboardVariables.Both(names) : measurement.Name;
            queries.Add([PanelQueries.Arrived(measurement, field.Name), $"{name} · {field.Name}"]);
        }

        var defaults = new JsonObject { ["unit"] = "short", ["custom"] = Grafana.Bars() };
        return Grafana.Panel("timeseries", "到达的观测 observations", "指标所依据的观测数，按各测量的一个字段计数。\n\nObservations that the KPIs are computed from, counted by one field of each measurement.", queries, defaults, Grafana.SeriesOptions());
    }

    private static string FieldOf(Filter filter) => filter switch
    {
        Filter.Number number => number.Field,
        Filter.Text text => text.Field,
        Filter.AnyText text => text.Field,
        _ => "",
    };

    private static JsonObject Levels(Channel channel, City city)
    {
        JsonObject defaults = LevelLooks.LevelDefaults();
        defaults["custom"] = new JsonObject { ["fillOpacity"] = 70, ["lineWidth"] = 0 };
        return Grafana.Panel(
            "state-timeline", "全市级别 levels of the city", "平台判定的级别，含滞回。\n\nLevels as the platform judged them, with hysteresis.",
            [[PanelQueries.Levels(channel.Slug, PanelQueries.Window, city.Code), $"$tag_{ChannelViews.Kpi}"]], defaults, Grafana.TimelineOptions(),
            channel.Kpis.Where(k => k.By is null).Select(k => Grafana.Renamed(k.Id, DashboardVariables.Both(k.Names))));
    }

    /// <summary>A table of the latest values, of a channel or of all.</summary>
    public static JsonObject Latest(string description, string? channel, City city) => Grafana.Panel(
        "table", "最新值 latest values", description, [[PanelQueries.LatestOfAll(channel), ""]],
        new JsonObject { ["custom"] = new JsonObject { ["align"] = "auto", ["inspect"] = false } }, Grafana.TableOptions(), LevelColumn(), DistrictNames.InColumn(city));

    private static JsonObject LevelColumn()
    {
        JsonObject look = LevelLooks.LevelDefaults();
        return Grafana.Column(
            "level", ("mappings", look["mappings"]!.DeepClone()), ("thresholds", look["thresholds"]!.DeepClone()),
            ("custom.cellOptions", new JsonObject { ["type"] = "color-background" }));
    }
}
