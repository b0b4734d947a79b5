using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;

namespace CityPerception.Dashboards;

/// <summary>All channels at a glance: the main KPI of each, its level over time, and the latest of everything.</summary>
internal static class OverviewDashboard
{
    public const string Slug = "overview";

    public static JsonObject Make(IReadOnlyList<Channel> channels, IngestPlan plan)
    {
        City city = plan.City;
        var grid = new PanelGrid();
        foreach (Channel channel in channels)
        {
            JsonObject stat = KpiPanels.Stat(channel, channel.Kpis[0], city, $"{channel.Names.Zh}：{channel.Kpis[0].Names.Zh} {channel.Kpis[0].Names.En}");
            stat["links"] = new JsonArray(Grafana.LinkTo(channel.Slug, DashboardVariables.Both(channel.Names)));
            grid.Add(stat, 6, 5);
        }

        grid.NextRow();
        grid.Add(Levels(channels, city), Grafana.Columns, 9);
        grid.NextRow();
        grid.Add(ChannelDashboard.Latest("全部通道所选窗口的最新值。\n\nThe latest values of all channels, of the chosen window.", null, city), 12, 12);
        grid.Add(ChannelDashboard.Arrived(channels, plan), 12, 12);
        return Grafana.Dashboard(
            Slug, "总览 overview", "各通道的主要指标。\n\nThe main KPI of each channel.", city.Zone.Id, DashboardVariables.DefaultWindow(channels),
            DashboardVariables.Of(channels, plan), grid.Panels);
    }

    private static JsonObject Levels(IReadOnlyList<Channel> channels, City city)
    {
        JsonObject defaults = LevelLooks.LevelDefaults();
        defaults["custom"] = new JsonObject { ["fillOpacity"] = 70, ["lineWidth"] = 0 };
        return Grafana.Panel(
            "state-timeline", "各通道级别 levels of the channels", "各通道主要指标的全市级别。\n\nThe city's level of each channel's main KPI.",
            channels.Select(c => (string[])[PanelQueries.Levels(c.Slug, ViewWindows.NameOf(KpiPanels.ShownWindow(c.Kpis[0])), city.Code, c.Kpis[0].Id), DashboardVariables.Both(c.Names)]), defaults, Grafana.TimelineOptions());
    }
}
