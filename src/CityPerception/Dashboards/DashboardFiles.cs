using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;

namespace CityPerception.Dashboards;

/// <summary>Everything that Grafana is provisioned with, as files. The same configuration gives the same bytes.</summary>
internal static class DashboardFiles
{
    /// <summary>Where the dashboards are within what is written, and where a Grafana container has them.</summary>
    public const string Folder = "cityperception", MountedAt = "/var/lib/grafana/dashboards";

    /// <summary>What Grafana's surroundings give the data source: the address and the account of InfluxDB.</summary>
    public const string UrlVariable = "CITYPERCEPTION_INFLUX_URL", UserVariable = "CITYPERCEPTION_INFLUX_USER", PasswordFile = "/run/secrets/grafana/influx-password";

    // Chinese stays readable in a diff; the files are no HTML.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The files by their path, parted by slashes.</summary>
    public static SortedDictionary<string, string> Make(IngestPlan plan)
    {
        // In the order of the schema, which is that of the screens; a channel without a file has no dashboard.
        List<string> order = [.. plan.Measurements.ByName[ChannelViews.Measurement].FindTag(ChannelViews.Channel)?.Values ?? []];
        Channel[] channels = [.. plan.Channels.Values.OrderBy(c => (uint)order.IndexOf(c.Slug)).ThenBy(c => c.Slug, StringComparer.Ordinal)];
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["provisioning/datasources/cityperception.yaml"] = DataSources,
            ["provisioning/dashboards/cityperception.yaml"] = Providers,
        };
        Add(files, OverviewDashboard.Slug, OverviewDashboard.Make(channels, plan));
        Add(files, IngestDashboard.Slug, IngestDashboard.Make(channels, plan));
        foreach (Channel channel in channels) Add(files, channel.Slug, ChannelDashboard.Make(channel, plan));
        return files;
    }

    private static void Add(SortedDictionary<string, string> files, string slug, JsonObject dashboard) => files.Add($"{Folder}/{slug}.json", dashboard.ToJsonString(Readable) + "\n");

    private const string Written = "# Written by `cityperception dashboards`; change ingest-configs and run it again.\n";

    private const string DataSources = Written + $$"""
        apiVersion: 1
        prune: true
        datasources:
          - name: CityPerception
            uid: {{Grafana.DataSourceUid}}
            type: influxdb
            access: proxy
            url: ${{UrlVariable}}
            user: ${{UserVariable}}
            isDefault: true
            editable: false
            jsonData:
              dbName: cityperception
              httpMode: POST
              timeInterval: 1m
            secureJsonData:
              password: $__file{{{PasswordFile}}}

        """;

    private const string Providers = Written + $$"""
        apiVersion: 1
        providers:
          - name: cityperception
            folder: 双感八通 CityPerception
            folderUid: cityperception
            type: file
            disableDeletion: true
            allowUiUpdates: false
            updateIntervalSeconds: 30
            options:
              path: {{MountedAt}}

        """;
}
