using System.Text.Json.Nodes;
using CityPerception.TestKit;

namespace CityPerception.Tests.Dashboards;

/// <summary>The dashboards in the repository, as Grafana reads them.</summary>
internal static class PanelFile
{
    public static string Folder { get; } = RepositoryFolder.Find("dashboards");

    /// <summary>Each dashboard by its name.</summary>
    public static IEnumerable<(string Name, JsonObject Dashboard)> All() => Directory.GetFiles(Path.Combine(Folder, "cityperception"), "*.json").Order(StringComparer.Ordinal)
        .Select(f => (Path.GetFileNameWithoutExtension(f), JsonNode.Parse(File.ReadAllText(f))!.AsObject()));

    public static IEnumerable<JsonObject> Panels(this JsonObject dashboard) => dashboard["panels"]!.AsArray().Select(p => p!.AsObject());

    public static IEnumerable<JsonObject> Targets(this JsonObject panel) => panel["targets"]!.AsArray().Select(t => t!.AsObject());

    public static IEnumerable<JsonObject> Variables(this JsonObject dashboard) => dashboard["templating"]!["list"]!.AsArray().Select(v => v!.AsObject());

    public static string Text(this JsonNode node, string name) => (string)node[name]!;
}
