using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;

namespace CityPerception.Dashboards;

/// <summary>The variables of the dashboards: district, window, device.</summary>
internal static class DashboardVariables
{
    /// <summary>The districts by their names. From the configuration: a query would show codes, and only those that have data.</summary>
    public static JsonObject District(City city)
    {
        (string Text, string Value)[] choices = [.. DistrictNames.Of(city).Select(d => (d.Name, d.Code))];
        JsonObject variable = Custom("district", "区县 district", choices);
        variable["multi"] = true;
        variable["includeAll"] = true;
        variable["allValue"] = ".*";
        variable["current"] = new JsonObject { ["selected"] = true, ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") };
        return variable;
    }

    /// <summary>The lengths of windows; an hour to begin with.</summary>
    public static JsonObject Window()
    {
        (string Text, string Value)[] choices = [("分钟 minute", "1m"), ("小时 hour", "1h"), ("日 day", "1d")];
        JsonObject variable = Custom("window", "窗口 window", choices);
        string hour = ViewWindows.NameOf(ViewWindow.Hour);
        variable["multi"] = false;
        variable["includeAll"] = false;
        variable["current"] = new JsonObject { ["selected"] = true, ["text"] = choices.Single(c => c.Value == hour).Text, ["value"] = hour };
        return variable;
    }

    /// <summary>The devices that sent any of the measurements.</summary>
    public static JsonObject Device(IEnumerable<string> measurements) => new()
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
