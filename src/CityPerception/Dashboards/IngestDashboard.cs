using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;

namespace CityPerception.Dashboards;

/// <summary>Whether what the channels show can be trusted: what arrives, what is rejected, what was computed and restated.</summary>
internal static class IngestDashboard
{
    public const string Slug = "ingest";

    private const int Width = 12, Height = 8;

    private static readonly (string Field, string Title, string Description)[] Statistics =
    [
        ("received", "接收 received", "各来源接收的数据元素。\n\nElements that came, of each source."),
        ("rejected", "拒收 rejected", "各来源被拒收的数据元素，可在死信中查看并重放。\n\nElements rejected, of each source; dead letters keep them, to look at and to replay."),
    ];

    public static JsonObject Make(IReadOnlyList<Channel> channels, IngestPlan plan)
    {
        City city = plan.City;
        var grid = new PanelGrid();
        grid.Add(ChannelDashboard.Arrived(channels, plan), Grafana.Columns, Height);
        foreach ((string field, string title, string description) in Statistics) grid.Add(Counts(title, description, "sum", field, "ingest_stat", "source"), Width, Height);
        grid.Add(Counts("设备状态报告 device states", "按状态的设备报告数。\n\nReports of devices, by state.", "count", "online", "device_status", "state"), Width, Height);
        grid.Add(Counts("计算的视图 views computed", "各通道的视图数。\n\nViews of each channel.", "count", "computed", ChannelViews.Measurement, ChannelViews.Channel), Width, Height);
        grid.Add(Counts("因迟到数据修订 restated", "迟到数据改变的视图数。\n\nViews that late data changed.", "count", "rev", "channel_revision", ChannelViews.Channel), Width, Height);
        grid.Add(LastComputed(), Width, Height);
        return Grafana.Dashboard(
            Slug, "接入健康 ingest health", "数据是否可信。\n\nWhether the data can be trusted.", city.Zone.Id, DashboardVariables.DefaultWindow(channels),
            DashboardVariables.Of(channels, plan), grid.Panels);
    }

    private static JsonObject Counts(string title, string description, string aggregate, string field, string measurement, string tag) => Grafana.Panel(
        "timeseries", title, description, [[PanelQueries.Counted(aggregate, field, measurement, tag), "$tag_" + tag]], new JsonObject { ["unit"] = "short", ["custom"] = Grafana.Bars() }, Grafana.SeriesOptions());

    private static JsonObject LastComputed() => Grafana.Panel(
        "table", "最近计算 last computed", "各通道最新窗口的计算时间。\n\nWhen the latest window of each channel was computed.", [[PanelQueries.LastBy("computed", ChannelViews.Measurement, ChannelViews.Channel), ""]],
        new JsonObject(), Grafana.TableOptions(),
        Grafana.Column("computed", ("unit", "dateTimeAsIso")));
}
