using System.Text.Json.Nodes;
using CityPerception.Core.Channels;

namespace CityPerception.Dashboards;

/// <summary>The parts of Grafana's classic dashboard model (schema version 39, Grafana 11 and later) that the dashboards are made of.</summary>
internal static class Grafana
{
    /// <summary>The data source's uid, which every panel names.</summary>
    public const string DataSourceUid = "cityperception-influx";

    /// <summary>Grafana's grid has so many columns.</summary>
    public const int Columns = 24;

    private const int SchemaVersion = 39, Letters = 26;

    private const string Tag = "cityperception";

    public static JsonObject DataSource() => new() { ["type"] = "influxdb", ["uid"] = DataSourceUid };

    /// <summary>A dashboard, of a time that has some of its windows; its panels get their ids by their order.</summary>
    public static JsonObject Dashboard(string slug, string title, string description, string zone, ViewWindow window, IEnumerable<JsonObject> variables, IEnumerable<JsonObject> panels)
    {
        var placed = new JsonArray();
        foreach (JsonObject panel in panels)
        {
            panel["id"] = placed.Count + 1;
            placed.Add((JsonNode)panel);
        }

        return new JsonObject
        {
            ["id"] = null,
            ["uid"] = Uid(slug),
            ["title"] = title,
            ["description"] = description,
            ["tags"] = new JsonArray(Tag),
            ["timezone"] = zone,
            ["schemaVersion"] = SchemaVersion,
            ["version"] = 1,
            ["editable"] = false,
            ["refresh"] = "30s",
            ["time"] = new JsonObject { ["from"] = window is ViewWindow.Day ? "now-30d" : "now-24h", ["to"] = "now" },
            ["weekStart"] = "monday",
            ["graphTooltip"] = 1,
            ["liveNow"] = false,
            ["links"] = new JsonArray(Link("dashboards", "双感八通 CityPerception", "", Tag)),
            ["annotations"] = new JsonObject { ["list"] = new JsonArray() },
            ["templating"] = new JsonObject { ["list"] = new JsonArray([.. variables]) },
            ["panels"] = placed,
        };
    }

    public static string Uid(string slug) => "cityperception-" + slug;

    /// <summary>A panel without its place; <see cref="PanelGrid"/> gives it one.</summary>
    public static JsonObject Panel(string type, string title, string description, IEnumerable<string[]> queries, JsonObject defaults, JsonObject options, params IEnumerable<JsonObject> overrides)
    {
        var targets = new JsonArray();
        foreach (string[] query in queries) targets.Add((JsonNode)Target(targets.Count, query[0], query[1], type == "table"));
        return new JsonObject
        {
            ["type"] = type,
            ["title"] = title,
            ["description"] = description,
            ["datasource"] = DataSource(),
            ["targets"] = targets,
            ["fieldConfig"] = new JsonObject { ["defaults"] = defaults, ["overrides"] = new JsonArray([.. overrides]) },
            ["options"] = options,
            ["transformations"] = new JsonArray(),
        };
    }

    /// <summary>A link to another of the dashboards, which keeps the time range and the variables.</summary>
    public static JsonObject LinkTo(string slug, string title) => Link("link", title, "/d/" + Uid(slug));

    /// <summary>A series of this name is shown under another.</summary>
    public static JsonObject Renamed(string series, string shown) => Column(series, ("displayName", shown));

    /// <summary>How a series or column of this name is shown.</summary>
    public static JsonObject Column(string name, params IEnumerable<(string Id, JsonNode? Value)> properties) => new()
    {
        ["matcher"] = new JsonObject { ["id"] = "byName", ["options"] = name },
        ["properties"] = new JsonArray([.. properties.Select(p => new JsonObject { ["id"] = p.Id, ["value"] = p.Value })]),
    };

    public static JsonObject StatOptions() => new()
    {
        ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "", ["values"] = false },
        ["colorMode"] = "background",
        ["graphMode"] = "none",
        ["justifyMode"] = "auto",
        ["textMode"] = "auto",
        ["wideLayout"] = true,
        ["orientation"] = "auto",
        ["percentChangeColorMode"] = "standard",
        ["showPercentChange"] = false,
    };

    public static JsonObject SeriesOptions() => new() { ["legend"] = Legend(), ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" } };

    public static JsonObject TimelineOptions() => new()
    {
        ["mergeValues"] = true,
        ["showValue"] = "auto",
        ["alignValue"] = "left",
        ["rowHeight"] = 0.9,
        ["legend"] = Legend(),
        ["tooltip"] = new JsonObject { ["mode"] = "single", ["sort"] = "none" },
    };

    public static JsonObject TableOptions() => new() { ["showHeader"] = true, ["cellHeight"] = "sm", ["frameIndex"] = 0, ["sortBy"] = new JsonArray() };

    /// <summary>How a series of values is drawn; with bounds as lines.</summary>
    public static JsonObject Line(bool bounds) => new()
    {
        ["drawStyle"] = "line",
        ["lineWidth"] = 1,
        ["fillOpacity"] = 0,
        ["showPoints"] = "auto",
        ["spanNulls"] = false,
        ["thresholdsStyle"] = new JsonObject { ["mode"] = bounds ? "line" : "off" },
    };

    /// <summary>How a series of counts is drawn.</summary>
    public static JsonObject Bars() => new()
    {
        ["drawStyle"] = "bars",
        ["lineWidth"] = 0,
        ["fillOpacity"] = 70,
        ["stacking"] = new JsonObject { ["mode"] = "normal", ["group"] = "A" },
    };

    private static JsonObject Target(int number, string query, string alias, bool table) => new()
    {
        ["refId"] = (number < Letters ? "" : LetterOf(number / Letters - 1)) + LetterOf(number % Letters),
        ["datasource"] = DataSource(),
        ["rawQuery"] = true,
        ["resultFormat"] = table ? "table" : "time_series",
        ["query"] = query,
        ["alias"] = alias,
    };

    private static string LetterOf(int number) => ((char)('A' + number)).ToString();

    private static JsonObject Legend() => new() { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = true, ["calcs"] = new JsonArray() };

    private static JsonObject Link(string type, string title, string url, params string[] tags) => new()
    {
        ["type"] = type,
        ["title"] = title,
        ["tags"] = new JsonArray([.. tags]),
        ["asDropdown"] = tags.Length > 0,
        ["includeVars"] = true,
        ["keepTime"] = true,
        ["targetBlank"] = false,
        ["icon"] = "external link",
        ["tooltip"] = "",
        ["url"] = url,
    };
}
