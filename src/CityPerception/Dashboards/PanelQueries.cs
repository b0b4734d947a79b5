using CityPerception.Core.Channels;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.InfluxDb;

namespace CityPerception.Dashboards;

/// <summary>
/// The InfluxQL of the panels, with Grafana's macros and variables. Views are read as they are stored: where an interval of
/// the screen holds many windows, the last is shown and never their mean, as ratios do not add up.
/// </summary>
internal static class PanelQueries
{
    /// <summary>The variables, as a query holds them.</summary>
    public const string District = "/^${district:regex}$/", Device = "/^${device:regex}$/", Window = "${window}";

    /// <summary>The tag of observations that says which device made them.</summary>
    public const string DeviceTag = "device";

    private const string Interval = "time($__interval)";

    /// <summary>The latest value of a KPI for one district.</summary>
    public static string Latest(string channel, string kpi, string window, string district) =>
        $"SELECT last({Name("value")}) FROM {Views(channel, window)} AND {Is(ChannelViews.Kpi, kpi)} AND {Is(ChannelViews.District, district)} AND $timeFilter";

    /// <summary>
    /// A field of a KPI's views over time, of each chosen district, and of each chosen device where the KPI is given by device.
    /// Of days each as it is, since intervals are cut in UTC.
    /// </summary>
    public static string Values(string channel, Kpi kpi, string field = "value")
    {
        string window = kpi.Windows.Length == 1 ? ViewWindows.NameOf(kpi.Windows[0]) : Window;
        string tags = Name(ChannelViews.District) + (kpi.By is null ? "" : ", " + Name(ChannelViews.Group));
        string device = kpi.By == DeviceTag ? $" AND {Name(ChannelViews.Group)} =~ {Device}" : "";
        string from = $"FROM {Views(channel, window)} AND {Is(ChannelViews.Kpi, kpi.Id)} AND {Name(ChannelViews.District)} =~ {District}{device} AND $timeFilter GROUP BY ";
        return kpi.Windows is [ViewWindow.Day] ? $"SELECT {Name(field)} {from}{tags}" : $"SELECT last({Name(field)}) {from}{Interval}, {tags} fill(none)";
    }

    /// <summary>The levels of one district over time, of a KPI or of all of a channel that are not by a group.</summary>
    public static string Levels(string channel, string window, string district, string? kpi = null) =>
        $"SELECT last({Name("level")}) FROM {Views(channel, window)} AND {Is(kpi is null ? ChannelViews.Group : ChannelViews.Kpi, kpi ?? "")} AND {Is(ChannelViews.District, district)} AND $timeFilter GROUP BY {Interval}, {Name(ChannelViews.Kpi)} fill(none)";

    /// <summary>A table of the latest values and levels of each chosen district and each group; of all channels with null.</summary>
    public static string LatestOfAll(string? channel) =>
        $"SELECT last({Name("value")}) AS {Name("value")}, {Name("level")}, {Name("samples")}, {Name("rev")} FROM {Views(channel, Window)} AND {Name(ChannelViews.District)} =~ {District} AND $timeFilter "
        + $"GROUP BY {(channel is null ? Name(ChannelViews.Channel) + ", " : "")}{Name(ChannelViews.Kpi)}, {Name(ChannelViews.District)}, {Name(ChannelViews.Group)}";

    /// <summary>How many observations of a measurement have a field; of the chosen devices, where it has devices.</summary>
    public static string Arrived(Measurement measurement, string field) =>
        $"SELECT count({Name(field)}) FROM {Name(measurement.Name)} WHERE {Name(ChannelViews.District)} =~ {District}{(measurement.FindTag(DeviceTag) is not null ? $" AND {Name(DeviceTag)} =~ {Device}" : "")} AND $timeFilter GROUP BY {Interval} fill(none)";

    /// <summary>A count of something that the platform writes, over time and by a tag.</summary>
    public static string Counted(string aggregate, string field, string measurement, string tag) =>
        $"SELECT {aggregate}({Name(field)}) FROM {Name(measurement)} WHERE $timeFilter GROUP BY {Interval}, {Name(tag)} fill(none)";

    /// <summary>A table of the last of a field by a tag.</summary>
    public static string LastBy(string field, string measurement, string tag) =>
        $"SELECT last({Name(field)}) AS {Name(field)} FROM {Name(measurement)} WHERE $timeFilter GROUP BY {Name(tag)}";

    /// <summary>The devices that a measurement has.</summary>
    public static string Devices(IEnumerable<string> measurements) => $"SHOW TAG VALUES FROM {string.Join(", ", measurements.Select(Name))} WITH KEY = {Name(DeviceTag)}";

    // What late data took back is void; its old value stays in the point.
    private static string Views(string? channel, string window) =>
        $"{Name(ChannelViews.Measurement)} WHERE {(channel is null ? "" : Is(ChannelViews.Channel, channel) + " AND ")}{Is(ChannelViews.Window, window)} AND {Name("void")} = 0";

    private static string Is(string tag, string value) => $"{Name(tag)} = {InfluxQl.Text(value)}";

    private static string Name(string name) => InfluxQl.Name(name);
}
