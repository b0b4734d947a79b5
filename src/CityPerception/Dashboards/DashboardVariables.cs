using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;

namespace CityPerception.Dashboards;

/// <summary>The variables of the dashboards: district, window, device.</summary>
internal static class DashboardVariables
{
    /// <summary>Those of dashboards of channels; devices where anything that the KPIs are computed from has them.</summary>
    public static IEnumerable<JsonObject> Of(IReadOnlyList<Channel> channels, IngestPlan plan)
    {
        string[] withDevices = [.. channels.SelectMany(c => c.Kpis).SelectMany(k => k.Inputs).Select(i => i.Measurement).Distinct()
            .Where(m => plan.Measurements.ByName[m].FindTag(PanelQueries.DeviceTag) is not null).Order(StringComparer.Ordinal)];
        JsonObject window = Window(DefaultWindow(channels));
        return withDevices.Length > 0 ? [District(plan.City), window, Device(withDevices)] : [District(plan.City), window];
    }

    /// <summary>The window to begin with: the hour; the day where no KPI has hours.</summary>
    public static ViewWindow DefaultWindow(IReadOnlyList<Channel> channels) =>
        channels.SelectMany(c => c.Kpis).Any(k => k.Windows.Contains(ViewWindow.Hour)) ? ViewWindow.Hour : ViewWindow.Day;

    // From the configuration: a query would show codes, and only those that have data.
    private static JsonObject District(City city)
    {
        (string Text, string Value)[] choices = [.. DistrictNames.Of(city).Select(d => (d.Name, d.Code))];
        JsonObject variable = Custom("district", "区县 district", choices);
        variable["multi"] = true;
        variable["includeAll"] = true;
        variable["allValue"] = ".*";
        variable["current"] = new JsonObject { ["selected"] = true, ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") };
        return variable;
    }

    private static JsonObject Window(ViewWindow first)
    {
        (string Text, string Value)[] choices = [("分钟 minute", "1m"), ("小时 hour", "1h"), ("日 day", "1d")];
        JsonObject variable = Custom("window", "窗口 window", choices);
        string name = ViewWindows.NameOf(first);
        variable["multi"] = false;
        variable["includeAll"] = false;
        variable["current"] = new JsonObject { ["selected"] = true, ["text"] = choices.Single(c => c.Value == name).Text, ["value"] = name };
        return variable;
    }

    private static JsonObject Device(IEnumerable<string> measurements) => new()
    {
        ["type"] = "query",
        ["name"] = "device",
        ["label"] = "设备 device",
        ["datasource"] = Grafana.DataSource(),
        ["query"] = PanelQueries.Devices(measurements),
        ["refresh"] = 2,
        ["multi"] = true,
        ["includeAll"] = true,
        ["allValue"] = ".*",
        ["current"] = new JsonObject { ["selected"] = true, ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") },
        ["sort"] = 1,
        ["hide"] = 0,
        ["regex"] = "",
        ["options"] = new JsonArray(),
    };

    /// <summary>Both languages in one line.</summary>
    public static string Both(Names names) => $"{names.Zh} {names.En}";

    private static JsonObject Custom(string name, string label, (string Text, string Value)[] choices) => new()
    {
        ["type"] = "custom",
        ["name"] = name,
        ["label"] = label,
        ["query"] = string.Join(", ", choices.Select(c => $"{c.Text.Replace(",", "\\,", StringComparison.Ordinal)} : {c.Value}")),
        ["hide"] = 0,
        ["options"] = new JsonArray([.. choices.Select(c => new JsonObject { ["selected"] = false, ["text"] = c.Text, ["value"] = c.Value })]),
    };
}
