using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;
using CityPerception.Core.Schema;

namespace CityPerception.Dashboards;

/// <summary>A channel: its KPIs as numbers, their levels, each over time, and what they are computed from.</summary>
internal static class ChannelDashboard
{
    private const int StatWidth = 4, StatHeight = 4, HalfWidth = 12, Height = 8;

    public static JsonObject Make(Channel channel, IngestPlan plan)
    {
        City city = plan.City;
        var grid = new PanelGrid();
        foreach (Kpi kpi in channel.Kpis) grid.Add(KpiPanels.Stat(channel, kpi, city.Code), StatWidth, StatHeight);
        grid.NextRow();
        grid.Add(Levels(channel, city), Grafana.Columns, Height);
        grid.NextRow();
        foreach (Kpi kpi in channel.Kpis) grid.Add(KpiPanels.Trend(channel, kpi), HalfWidth, Height);
        foreach (Kpi kpi in channel.Kpis.Where(k => k.Inputs.Any(i => i.Every is not null))) grid.Add(KpiPanels.Coverage(channel, kpi), HalfWidth, Height);
        grid.NextRow();
        grid.Add(Latest(channel), HalfWidth, Height);
        string[] measurements = Measurements([channel]);
        grid.Add(Arrived([channel], plan), HalfWidth, Height);
        return Grafana.Dashboard(
            channel.Slug, DashboardVariables.Both(channel.Names), $"{channel.Description.Zh}\n\n{channel.Description.En}", city.Zone.Id,
            [DashboardVariables.District(city), DashboardVariables.Window(), DashboardVariables.Device(measurements)], grid.Panels);
    }

    /// <summary>How many observations came, of each measurement that KPIs are computed from.</summary>
    public static JsonObject Arrived(IEnumerable<Channel> channels, IngestPlan plan)
    {
        IEnumerable<KpiInput> inputs = channels.SelectMany(c => c.Kpis).SelectMany(k => k.Inputs).OrderBy(i => i.Measurement, StringComparer.Ordinal).DistinctBy(i => i.Measurement);
        List<string[]> queries = [];
        List<JsonObject> overrides = [];
        foreach (KpiInput input in inputs)
        {
            Measurement measurement = plan.Measurements.ByName[input.Measurement];
            string field = measurement.FindField(input.Field)?.Name ?? input.Where.Select(w => measurement.FindField(w.Name)?.Name).FirstOrDefault(n => n is not null) ?? measurement.Fields[0].Name;
            queries.Add([PanelQueries.Arrived(input.Measurement, field, measurement.FindTag("device") is not null), input.Measurement]);
            if (measurement.Names is { } names) overrides.Add(Grafana.Renamed(input.Measurement, DashboardVariables.Both(names)));
        }

        var defaults = new JsonObject { ["unit"] = "short", ["custom"] = Grafana.Bars() };
        return Grafana.Panel("timeseries", "到达的观测 observations", "指标所依据的观测数。\n\nObservations that the KPIs are computed from.", queries, defaults, Grafana.SeriesOptions(), overrides);
    }

    /// <summary>The measurements that KPIs are computed from.</summary>
    public static string[] Measurements(IEnumerable<Channel> channels) =>
        [.. channels.SelectMany(c => c.Kpis).SelectMany(k => k.Inputs).Select(i => i.Measurement).Distinct().Order(StringComparer.Ordinal)];

    private static JsonObject Levels(Channel channel, City city)
    {
        JsonObject defaults = LevelLooks.LevelDefaults();
        defaults["custom"] = new JsonObject { ["fillOpacity"] = 70, ["lineWidth"] = 0 };
        return Grafana.Panel(
            "state-timeline", "全市级别 levels of the city", "平台判定的级别，含滞回。\n\nLevels as the platform judged them, with hysteresis.",
            [[PanelQueries.Levels(channel.Slug, PanelQueries.Window, city.Code), $"$tag_{ChannelViews.Kpi}"]], defaults, Grafana.TimelineOptions(),
            channel.Kpis.Select(k => Grafana.Renamed(k.Id, DashboardVariables.Both(k.Names))));
    }

    private static JsonObject Latest(Channel channel) => Grafana.Panel(
        "table", "最新值 latest values", "样本数和修订号一并给出：0 为首次显示的值。\n\nWith samples and revision: 0 is the value as it was first shown.",
        [[PanelQueries.LatestOfAll(channel.Slug), ""]], new JsonObject { ["custom"] = new JsonObject { ["align"] = "auto", ["inspect"] = false } }, Grafana.TableOptions(), LevelColumn());

    /// <summary>The column of levels in a table, coloured.</summary>
    public static JsonObject LevelColumn()
    {
        JsonObject look = LevelLooks.LevelDefaults();
        return new JsonObject
        {
            ["matcher"] = new JsonObject { ["id"] = "byName", ["options"] = "level" },
            ["properties"] = new JsonArray(
                new JsonObject { ["id"] = "mappings", ["value"] = look["mappings"]!.DeepClone() },
                new JsonObject { ["id"] = "thresholds", ["value"] = look["thresholds"]!.DeepClone() },
                new JsonObject { ["id"] = "custom.cellOptions", ["value"] = new JsonObject { ["type"] = "color-background" } }),
        };
    }
}
