using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;

namespace CityPerception.Dashboards;

/// <summary>What a KPI looks like: as one number, and over time.</summary>
internal static class KpiPanels
{
    /// <summary>The city's latest value, of the KPI's window that is nearest to an hour.</summary>
    public static JsonObject Stat(Channel channel, Kpi kpi, City city, string? title = null)
    {
        string window = ViewWindows.NameOf(ShownWindow(kpi));
        JsonObject panel = Grafana.Panel("stat", title ?? DashboardVariables.Both(kpi.Names), $"{Description(kpi)}\n\n{DashboardVariables.Both(city.Names)}，窗口 window: {window}", [[PanelQueries.Latest(channel.Slug, kpi.Id, window, city.Code), ""]], Defaults(kpi, ofCity: true), Grafana.StatOptions());
        return Since(kpi, panel, "7d");
    }

    /// <summary>The values of the chosen districts.</summary>
    public static JsonObject Trend(Channel channel, Kpi kpi, City city)
    {
        JsonObject defaults = Defaults(kpi, ofCity: false);
        defaults["color"] = new JsonObject { ["mode"] = "palette-classic" };
        defaults["custom"] = Grafana.Line(bounds: LevelLooks.Thresholds(kpi.Levels, ofCity: false) is not null);
        return OverTime(DashboardVariables.Both(kpi.Names), Description(kpi), PanelQueries.Values(channel.Slug, kpi), kpi, defaults, city);
    }

    /// <summary>Which share of the samples that are expected arrived.</summary>
    public static JsonObject Coverage(Channel channel, Kpi kpi, City city)
    {
        var defaults = new JsonObject { ["unit"] = "percentunit", ["min"] = 0, ["max"] = 1, ["custom"] = Grafana.Line(bounds: false) };
        return OverTime($"{kpi.Names.Zh}：覆盖率 {kpi.Names.En}: coverage", "到达样本占应到样本的比例。\n\nOf the samples expected, how many arrived.", PanelQueries.Values(channel.Slug, kpi, "coverage"), kpi, defaults, city);
    }

    private static JsonObject OverTime(string title, string description, string query, Kpi kpi, JsonObject defaults, City city)
    {
        JsonObject panel = Grafana.Panel("timeseries", title, description, [[query, Alias(kpi)]], defaults, Grafana.SeriesOptions());
        panel["transformations"] = DistrictNames.InSeries(city);
        return Since(kpi, panel, "30d");
    }

    // A day is at its first moment: a dashboard that shows the last 24 hours would show one, or none.
    private static JsonObject Since(Kpi kpi, JsonObject panel, string time)
    {
        if (kpi.Windows is [ViewWindow.Day]) panel["timeFrom"] = time;
        return panel;
    }

    /// <summary>Both languages, where the definition comes from, and the formula.</summary>
    public static string Description(Kpi kpi) => $"{kpi.Description.Zh}\n\n{kpi.Description.En}\n\n{kpi.DefinedBy}\n\n{kpi.Formula}";

    /// <summary>Of a KPI's windows the hour, else the shortest.</summary>
    public static ViewWindow ShownWindow(Kpi kpi) => kpi.Windows.Contains(ViewWindow.Hour) ? ViewWindow.Hour : kpi.Windows[0];

    private static JsonObject Defaults(Kpi kpi, bool ofCity) => new()
    {
        ["unit"] = Unit(kpi.Unit),
        ["color"] = new JsonObject { ["mode"] = "thresholds" },
        ["thresholds"] = LevelLooks.Thresholds(kpi.Levels, ofCity) ?? LevelLooks.Plain(),
        ["mappings"] = new JsonArray(),
        ["noValue"] = "–",
    };

    private static string Alias(Kpi kpi) => $"$tag_{ChannelViews.District}" + (kpi.By is null ? "" : $" $tag_{ChannelViews.Group}");

    // Put behind the number as it is written: Grafana's own units would turn hours into days, which no threshold is in.
    private static string Unit(string unit) => unit switch
    {
        "%" => "percent",
        "1" => "none",
        _ => "suffix: " + unit,
    };
}
