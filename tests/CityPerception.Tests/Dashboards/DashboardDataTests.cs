using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Stores.InfluxDb;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Rollups;
using CityPerception.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.Dashboards;

/// <summary>Every query of every panel, as Grafana sends it, on a real InfluxDB that the demo's city has filled.</summary>
public sealed partial class DashboardDataTests(DashboardDataTests.DemoCity demo) : IClassFixture<DashboardDataTests.DemoCity>
{
    private static readonly DateTimeOffset Start = City.Morning.ToUniversalTime();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Panels_OnTheDemosCity_HaveDataButThoseThatTheManualNames()
    {
        List<string> empty = [];
        int queries = 0;
        foreach ((string name, JsonObject dashboard) in PanelFile.All())
        {
            foreach (JsonObject variable in dashboard.Variables().Where(v => v.Text("type") == "query"))
                Assert.True(await demo.RowsAsync(variable.Text("query")) > 0, $"{name}: no choice of {variable.Text("name")}");

            string window = dashboard.Variables().Single(v => v.Text("name") == "window")["current"]!.Text("value");
            foreach (JsonObject panel in dashboard.Panels())
            {
                foreach (JsonObject target in panel.Targets())
                {
                    string query = target.Text("query");
                    if (await demo.RowsAsync(Filled(query, ".*", ".*", window)) == 0) empty.Add(NameOf(name, panel, target));
                    foreach (string other in (string[])["1m", "1d"]) await demo.RowsAsync(Filled(query, "(140403|140404)", @"AQ\-00001", other));
                    queries++;
                }
            }
        }

        Assert.True(queries > 150, $"{queries} queries");
        string[] manual = [.. Manual()];
        Assert.True(
            new HashSet<string>(manual).SetEquals(empty),
            $"Without data and not in docs/grafana.md:\n{string.Join('\n', empty.Except(manual).Order(StringComparer.Ordinal))}\nIn docs/grafana.md, and there are data:\n{string.Join('\n', manual.Except(empty))}");
    }

    [Fact]
    public async Task Panel_OfADistrictOrDevice_ShowsItAlone()
    {
        JsonObject environment = PanelFile.All().Single(d => d.Name == "environment").Dashboard;
        string QueryOf(string kpi) => environment.Panels().Where(p => p.Text("type") == "timeseries").SelectMany(p => p.Targets()).Select(t => t.Text("query")).First(q => q.Contains($"'{kpi}'", StringComparison.Ordinal));

        string[] ofDistricts = await demo.TagsAsync(Filled(QueryOf("noise_leq"), "(140403|140404)", ".*", "1h"), "district");
        Assert.Equal(["140403", "140404"], ofDistricts);
        string[] devices = await demo.TagsAsync(Filled(QueryOf("noise_site_over"), ".*", ".*", "1h"), "group");
        Assert.True(devices.Length > 1, string.Join(' ', devices));
        Assert.Equal([devices[1]], await demo.TagsAsync(Filled(QueryOf("noise_site_over"), ".*", Regex.Escape(devices[1]), "1h"), "group"));
    }

    // What Grafana puts in place of its macros and of a variable formatted as regular expression or as it is.
    private static string Filled(string query, string district, string device, string window)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"time >= {Start.AddDays(-3).ToUnixTimeMilliseconds()}ms and time <= {Start.AddDays(2).ToUnixTimeMilliseconds()}ms");
        string filled = query.Replace("$timeFilter", range, StringComparison.Ordinal).Replace("$__interval", "1m", StringComparison.Ordinal)
            .Replace("${district:regex}", district, StringComparison.Ordinal).Replace("${device:regex}", device, StringComparison.Ordinal).Replace("${window}", window, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\$[A-Za-z_{]", filled);
        return filled;
    }

    private static string NameOf(string dashboard, JsonObject panel, JsonObject target) =>
        $"{dashboard}: {panel.Text("title")}" + (panel.Targets().Count() > 1 ? $": {target.Text("alias")}" : "");

    // The list in docs/grafana.md.
    private static IEnumerable<string> Manual() => File.ReadAllLines(RepositoryFolder.Find("docs/grafana.md"))
        .SkipWhile(l => !l.StartsWith("## Empty with the demo", StringComparison.Ordinal)).Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => l[2..]).Order(StringComparer.Ordinal);

    [GeneratedRegex(",source=([a-z0-9-]+)")]
    private static partial Regex SourceOf();

    /// <summary>An InfluxDB that the city has filled.</summary>
    public sealed class DemoCity : IAsyncLifetime
    {
        private readonly string _database = InfluxServer.NewDatabaseName();
        private InfluxServer? _server;

        public async ValueTask InitializeAsync()
        {
            _server = await InfluxServer.StartAsync(Ct);
            var options = new InfluxOptions { Url = _server.Url.AbsoluteUri, Database = _database, User = _server.User, Password = _server.Password };
            await using var rollups = new CityRollups(new InfluxStore(options, static () => Ingest.Plan.Measurements, NullLogger<InfluxStore>.Instance, TimeProvider.System), Start);
            // A whole hour and some more: the index of air wants three quarters of an hour's samples.
            List<string[]> arrivals = CityHours.Arrivals(Start, TimeSpan.FromMinutes(70));
            await CityHours.LiveAsync(rollups, [[.. arrivals[0], .. Counted(arrivals[0]), .. Seen(arrivals[0])], .. arrivals.Skip(1)], Start);
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
        }

        /// <summary>How many rows have anything beside their time.</summary>
        internal async Task<int> RowsAsync(string query) => (await SeriesAsync(query)).SelectMany(s => s["values"]!.AsArray()).Count(v => v!.AsArray().Skip(1).Any(c => c is not null));

        /// <summary>The values of a tag that series have.</summary>
        internal async Task<string[]> TagsAsync(string query, string tag) => [.. (await SeriesAsync(query)).Select(s => s["tags"]!.Text(tag)).Distinct().Order(StringComparer.Ordinal)];

        private async Task<IReadOnlyList<JsonNode>> SeriesAsync(string query)
        {
            JsonNode result = JsonNode.Parse(await _server!.QueryAsync(query, Ct, _database))!["results"]![0]!;
            return [.. (result["series"]?.AsArray() ?? []).Select(s => s!)];
        }

        // What the server counts of each source: the city's messages do not pass through one here.
        private static IEnumerable<string> Counted(string[] lines) => lines.Select(l => SourceOf().Match(l).Groups[1].Value).Where(s => s.Length > 0).GroupBy(s => s)
            .Select(g => Lines.Line("ingest_stat", [("sense", "platform"), ("source", g.Key)], [("accepted", (long)g.Count()), ("received", (long)g.Count()), ("rejected", 0L)], Start.AddMinutes(1).ToUnixTimeMilliseconds() * 1_000_000));

        private static string[] Seen(string[] lines)
        {
            var watch = new ArrivalWatch();
            foreach (string line in lines) watch.Arrived(Encoding.UTF8.GetBytes(line), Start.AddMinutes(1).ToUnixNs());
            var points = new LineBuffer();
            new ArrivalLines(watch).Add(points, Start.AddMinutes(1).ToUnixNs());
            return Encoding.UTF8.GetString(points.Written).TrimEnd('\n').Split('\n');
        }
    }
}
