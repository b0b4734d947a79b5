using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Configuration;

namespace CityPerception.Dashboards;

/// <summary>What a KPI looks like: as one number, and over time.</summary>
internal static class KpiPanels
{
    /// <summary>The city's latest value, of the KPI's window that is nearest to an hour.</summary>
    public static JsonObject Stat(Channel channel, Kpi kpi, string city, string? title = null)
    {
        string window = ViewWindows.NameOf(ShownWindow(kpi));
        return Grafana.Panel("stat", title ?? DashboardVariables.Both(kpi.Names), $"{Description(kpi)}\n\n窗口 window: {window}", [[PanelQueries.Latest(channel.Slug, kpi.Id, window, city), ""]], Defaults(kpi, ofCity: true), Grafana.StatOptions());
    }

    /// <summary>The values of the chosen districts.</summary>
    public static JsonObject Trend(Channel channel, Kpi kpi)
    {
        JsonObject defaults = Defaults(kpi, ofCity: false);
        defaults["color"] = new JsonObject { ["mode"] = "palette-classic" };
        defaults["custom"] = Grafana.Line(bounds: LevelLooks.Thresholds(kpi.Levels, ofCity: false) is not null);
        return Grafana.Panel("timeseries", DashboardVariables.Both(kpi.Names), Description(kpi), [[PanelQueries.Values(channel.Slug, kpi), Alias(kpi)]], defaults, Grafana.SeriesOptions());
    }

    /// <summary>Which share of the samples that are expected arrived.</summary>
    public static JsonObject Coverage(Channel channel, Kpi kpi)
    {
        var defaults = new JsonObject { ["unit"] = "percentunit", ["min"] = 0, ["max"] = 1, ["custom"] = Grafana.Line(bounds: false) };
        return Grafana.Panel("timeseries", $"{kpi.Names.Zh}：覆盖率 coverage", "到达样本占应到样本的比例。\n\nOf the samples expected, how many arrived.", [[PanelQueries.Values(channel.Slug, kpi, "coverage"), Alias(kpi)]], defaults, Grafana.SeriesOptions());
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

    // Where Grafana has the unit it scales it; any other is put behind the number as it is written.
    private static string Unit(string unit) => unit switch
    {
        "%" => "percent",
        "1" => "none",
        "h" => "h",
        "d" => "d",
        "min" => "m",
        "s" => "s",
        _ => "suffix: " + unit,
    };
}
