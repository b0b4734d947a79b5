using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CityPerception.Core.Channels;
using CityPerception.Dashboards;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Simulation;

namespace CityPerception.Tests.Dashboards;

/// <summary>What is checked in for Grafana is what the channels make of it, and holds together.</summary>
public sealed partial class DashboardFilesTests
{
    [Fact]
    public void Files_InTheRepository_AreThoseOfTheChannels()
    {
        SortedDictionary<string, string> files = DashboardFiles.Make(Ingest.Plan);
        if (Environment.GetEnvironmentVariable("UPDATE_DASHBOARDS") == "1")
        {
            foreach (string old in Directory.GetFiles(Path.Combine(PanelFile.Folder, DashboardFiles.Folder))) File.Delete(old);
            foreach ((string path, string text) in files) File.WriteAllText(Path.Combine(PanelFile.Folder, path), text);
        }

        Assert.Equal(
            files.Keys.Append("README.md").Order(StringComparer.Ordinal),
            Directory.GetFiles(PanelFile.Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(PanelFile.Folder, f)).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.True(File.ReadAllText(Path.Combine(PanelFile.Folder, f.Key)) == f.Value, $"dashboards/{f.Key} is old: run the tests once with UPDATE_DASHBOARDS=1."));
    }

    [Fact]
    public void Dashboards_AreAnOverviewTheChannelsAndTheIngest() => Assert.Equal(
        Ingest.Plan.Channels.Keys.Concat(["overview", "ingest"]).Order(StringComparer.Ordinal), PanelFile.All().Select(d => d.Name));

    [Fact]
    public void Dashboards_HoldTogether()
    {
        foreach ((string name, JsonObject dashboard) in PanelFile.All())
        {
            Assert.True(dashboard.Text("uid").Length <= 40, name);
            JsonObject[] panels = [.. dashboard.Panels()];
            bool hasDevices = panels.SelectMany(p => p.Targets()).Any(t => t.Text("query").Contains("${device:", StringComparison.Ordinal));
            Assert.Equal(hasDevices ? ["district", "window", "device"] : ["district", "window"], dashboard.Variables().Select(v => v.Text("name")));
            Assert.Equal(Enumerable.Range(1, panels.Length), panels.Select(p => (int)p["id"]!));
            Assert.All(panels, p => Assert.Matches("[\u4e00-\u9fff](.|\n)*[A-Za-z]{3}", p.Text("description")));
            var places = panels.SelectMany(p => Cells(p["gridPos"]!.AsObject())).ToList();
            Assert.Equal(places.Count, places.Distinct().Count());
            Assert.All(panels, p => Assert.Equal(p.Targets().Count(), p.Targets().Select(t => t.Text("refId")).Distinct().Count()));
            IEnumerable<JsonNode> sources = panels.SelectMany(p => p.Targets().Prepend(p)).Select(n => n["datasource"]!).Concat(dashboard.Variables().Select(v => v["datasource"]).OfType<JsonNode>());
            Assert.All(sources, s => Assert.Equal(Grafana.DataSourceUid, s.Text("uid")));
            Assert.All(panels.SelectMany(p => p["links"]?.AsArray() ?? []), l => Assert.Contains(PanelFile.All(), d => l!.Text("url") == "/d/" + d.Dashboard.Text("uid")));
        }
    }

    [Fact]
    public void ChannelDashboard_ShowsEachKpiOfItsChannel()
    {
        foreach ((string name, JsonObject dashboard) in PanelFile.All().Where(d => Ingest.Plan.Channels.ContainsKey(d.Name)))
        {
            string[] queries = [.. dashboard.Panels().SelectMany(p => p.Targets()).Select(t => t.Text("query"))];
            Assert.All(Ingest.Plan.Channels[name].Kpis, k => Assert.Contains(queries, q => q.Contains($"\"kpi\" = '{k.Id}'", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Stat_OfAValue_HasTheColourOfItsLevel()
    {
        int judged = 0;
        foreach ((string name, JsonObject dashboard) in PanelFile.All().Where(d => Ingest.Plan.Channels.ContainsKey(d.Name)))
        {
            foreach (JsonObject panel in dashboard.Panels().Where(p => p.Text("type") == "stat"))
            {
                Kpi kpi = Ingest.Plan.Channels[name].Find(KpiOf().Match(panel.Targets().Single().Text("query")).Groups[1].Value)!;
                if (kpi.Levels is not { Of: null, PerDistrict: false } levels) continue;
                foreach (double value in levels.Bands.SelectMany(b => (double[])[b.Min - 1, b.Min, b.Min + 0.001, b.Max - 0.001, b.Max, b.Max + 0.001, b.Max + 1]).Where(double.IsFinite))
                {
                    Assert.Equal((kpi.Id, value, levels.Judge(value).ToString().ToLowerInvariant()), (kpi.Id, value, ColourOf(panel, value)));
                    judged++;
                }
            }
        }

        Assert.True(judged > 200, $"{judged} values");
    }

    [Fact]
    public async Task Command_OverOtherFiles_SaysWhichAndWritesThem()
    {
        using var folder = new TempFolder();
        Assert.Equal(0, (await CliProcess.RunAsync(["dashboards", "--check", "--out", PanelFile.Folder])).ExitCode);
        Assert.Equal(0, (await CliProcess.RunAsync(["dashboards", "--out", folder.Path])).ExitCode);
        File.AppendAllText(folder.File("cityperception/city.json"), " ");
        File.WriteAllText(folder.File("cityperception/gone.json"), "{}");

        (int exitCode, _, string error) = await CliProcess.RunAsync(["dashboards", "--check", "--out", folder.Path]);
        Assert.Equal(1, exitCode);
        Assert.Contains("city.json is not what", error, StringComparison.Ordinal);
        Assert.Contains("gone.json is not what", error, StringComparison.Ordinal);

        Assert.Equal(0, (await CliProcess.RunAsync(["dashboards", "--out", folder.Path])).ExitCode);
        Assert.Equal(0, (await CliProcess.RunAsync(["dashboards", "--check", "--out", folder.Path])).ExitCode);
        Assert.False(File.Exists(folder.File("cityperception/gone.json")));
    }

    // As Grafana does: the last step that is not above the value.
    private static string ColourOf(JsonObject panel, double value) =>
        panel["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray().Last(s => s!["value"] is not { } from || (double)from <= value)!.Text("color");

    private static IEnumerable<(int, int)> Cells(JsonObject place)
    {
        (int x, int y, int width, int height) = ((int)place["x"]!, (int)place["y"]!, (int)place["w"]!, (int)place["h"]!);
        Assert.InRange(x + width, 1, 24);
        return Enumerable.Range(x, width).SelectMany(column => Enumerable.Range(y, height).Select(row => (column, row)));
    }

    [GeneratedRegex("\"kpi\" = '([a-z0-9_]+)'")]
    private static partial Regex KpiOf();
}
