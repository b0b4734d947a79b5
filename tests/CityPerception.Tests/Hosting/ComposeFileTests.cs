using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CityPerception.Dashboards;
using CityPerception.Hosting;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Stores;
using CityPerception.TestKit;
using Microsoft.Extensions.Configuration;
using YamlDotNet.RepresentationModel;

namespace CityPerception.Tests.Hosting;

/// <summary>No container engine runs where the tests do: the compose file is read and held against the product.</summary>
public sealed partial class ComposeFileTests
{
    private const string Prefix = "CITYPERCEPTION_";

    private static readonly YamlMappingNode Compose = Load("docker-compose.yml"), Services = (YamlMappingNode)Compose["services"];

    [Fact]
    public void Compose_EverySettingOfTheServer_IsOneOfTheCatalogue()
    {
        IReadOnlyDictionary<string, string> environment = EnvironmentOf("cityperception");

        Assert.NotEmpty(environment);
        Assert.All(environment, e => Assert.Null(SettingCatalog.Default.Check(Key(e.Key), e.Value)));
    }

    [Fact]
    public void Compose_SettingsOfTheServer_AreValidOnceTheSecretsAreMade()
    {
        using var folder = new TempFolder();
        MakeSecrets(folder.Path);
        IConfiguration settings = new ConfigurationBuilder().AddInMemoryCollection(EnvironmentOf("cityperception")
            .Select(e => KeyValuePair.Create(Key(e.Key), (string?)e.Value.Replace("/run/secrets", folder.Path, StringComparison.Ordinal)))).Build();

        Assert.Equal([], new StoreOptionsValidator().Validate(null, StorageParts.ReadStore(settings, folder.Path)).Failures ?? []);
        OperationsOptions operations = OperationsParts.Read(settings, folder.Path);
        Assert.False(new OperationsRules().Validate(null, operations).Failed);
        Assert.Contains("Password=" + File.ReadAllText(folder.File("postgres/password")), operations.PostgresConnection().Split(';').Select(p => p.Trim()));
    }

    [Fact]
    public void Compose_WhatServicesSayOfEachOther_Agrees()
    {
        IReadOnlyDictionary<string, string> city = EnvironmentOf("cityperception"), influx = EnvironmentOf("influxdb"), postgres = EnvironmentOf("postgres"), grafana = EnvironmentOf("grafana");

        Assert.Equal(influx["DOCKER_INFLUXDB_INIT_BUCKET"], city[Prefix + "Store__Influx__Database"]);
        Assert.Equal(influx["DOCKER_INFLUXDB_INIT_ORG"], city[Prefix + "Store__Influx__Org"]);
        Assert.Equal(influx["DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE"], city[Prefix + "Store__Influx__TokenFile"]);
        Assert.Equal(postgres["POSTGRES_PASSWORD_FILE"], city[Prefix + "Operations__PostgresPasswordFile"]);
        Assert.Contains($"Database={postgres["POSTGRES_DB"]};Username={postgres["POSTGRES_USER"]}", city[Prefix + "Operations__Postgres"], StringComparison.Ordinal);
        Assert.Equal(influx["GRAFANA_USER"], grafana[DashboardFiles.UserVariable]);
        Assert.Equal(DashboardFiles.PasswordFile, influx["GRAFANA_PASSWORD_FILE"]);
        Assert.Contains($"127.0.0.1:{new Uri(city[Prefix + "Store__Influx__Url"]).Port}:{new Uri(grafana[DashboardFiles.UrlVariable]).Port}", PortsOf("influxdb"));
        Assert.Contains($"127.0.0.1:{PortIn().Match(city[Prefix + "Operations__Postgres"]).Groups[1].Value}:5432", PortsOf("postgres"));
        Assert.Equal(new Uri(grafana[DashboardFiles.UrlVariable]).Host, Assert.Single(Services.Children.Keys, k => k.ToString() == "influxdb").ToString());
    }

    [Fact]
    public void Compose_DataSource_IsTheBucketByVariablesThatGrafanaHas()
    {
        var source = (YamlMappingNode)((YamlSequenceNode)Load("dashboards/provisioning/datasources/cityperception.yaml")["datasources"])[0];
        string text = File.ReadAllText(RepositoryFolder.Find("dashboards/provisioning/datasources/cityperception.yaml"));

        Assert.Equal(EnvironmentOf("influxdb")["DOCKER_INFLUXDB_INIT_BUCKET"], source["jsonData"]["dbName"].ToString());
        Assert.All(VariableIn().Matches(text).Select(m => m.Groups[1].Value).Where(v => !v.StartsWith("__", StringComparison.Ordinal)), v => Assert.Contains(v, EnvironmentOf("grafana").Keys));
        Assert.Contains($"$__file{{{DashboardFiles.PasswordFile}}}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_Grafana_IsOfTheVersionWhoseTypesTheDashboardsAreCheckedWith()
    {
        string version = (string)JsonNode.Parse(File.ReadAllText(RepositoryFolder.Find("tests/CityPerception.Tests/Foreign/package.json")))!["dependencies"]!["@grafana/schema"]!;
        Assert.Equal("grafana/grafana:" + version, Services["grafana"]["image"].ToString());
    }

    [Fact]
    public void Compose_Ports_AreOnTheHostsLoopbackOnly()
    {
        string[] ports = [.. Names().SelectMany(PortsOf)];

        Assert.NotEmpty(ports);
        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
    }

    [Fact]
    public void Compose_Secrets_AreFilesThatAreMadeAndMountedWhereTheyAreNamed()
    {
        using var folder = new TempFolder();
        string printed = MakeSecrets(folder.Path);
        string[] made = [.. Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)];
        string[] secrets = [.. made.Select(File.ReadAllText)];
        Assert.Equal("", printed);
        Assert.Equal(secrets.Length, secrets.Distinct().Count());
        Assert.All(secrets, s => Assert.Matches("^[0-9a-f]{48}\n?$", s));
        MakeSecrets(folder.Path);
        Assert.Equal(secrets, made.Select(File.ReadAllText)); // what is there stays

        var named = Names().SelectMany(s => EnvironmentOf(s).Values.Where(v => v.StartsWith("/run/secrets/", StringComparison.Ordinal)).Select(v => (Service: s, Path: v)))
            .Append((Service: "grafana", Path: DashboardFiles.PasswordFile)).ToList();
        Assert.Equal(made.Select(f => "/run/secrets/" + Path.GetRelativePath(folder.Path, f)).Order(StringComparer.Ordinal), named.Select(n => n.Path).Distinct().Order(StringComparer.Ordinal));
        Assert.All(named, n => Assert.Contains(MountsOf(n.Service), m => n.Path.StartsWith(m.Target + "/", StringComparison.Ordinal) && m.Source == "secrets-" + m.Target.Split('/')[^1] && m.ReadOnly));
        Assert.All(Names().SelectMany(EnvironmentOf), e => Assert.True(!SecretIn().IsMatch(e.Key) || e.Key.EndsWith("FILE", StringComparison.OrdinalIgnoreCase), e.Key));
    }

    [Fact]
    public void Compose_PathsOfTheRepository_AreThere()
    {
        var mounts = Names().SelectMany(MountsOf).ToList();
        var volumes = ((YamlMappingNode)Compose["volumes"]).Children.Keys.Select(k => k.ToString()).ToList();

        Assert.All(mounts.Where(m => m.Source[0] == '.'), m => Assert.True(Path.Exists(RepositoryFolder.Find(m.Source)) && m.ReadOnly, m.Source));
        Assert.Equal(volumes.Order(StringComparer.Ordinal), mounts.Where(m => m.Source[0] != '.').Select(m => m.Source).Distinct().Order(StringComparer.Ordinal));
        Assert.True(File.Exists(RepositoryFolder.Find(Services["cityperception"]["build"]["dockerfile"].ToString())));
        Assert.Contains(("./dashboards/" + DashboardFiles.Folder, DashboardFiles.MountedAt, true), MountsOf("grafana"));
        string home = EnvironmentOf("grafana")["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"];
        Assert.True(File.Exists(RepositoryFolder.Find($"dashboards/{DashboardFiles.Folder}/{Path.GetRelativePath(DashboardFiles.MountedAt, home)}")), home);
        Assert.Contains(MountsOf("secrets"), m => m.Target == ((YamlSequenceNode)Services["secrets"]["command"])[1].ToString());
        // The image runs what is executable and ends so.
        Assert.All(Directory.GetFiles(RepositoryFolder.Find("deploy/influxdb")), f => Assert.True(f.EndsWith(".sh", StringComparison.Ordinal) && (OperatingSystem.IsWindows() || File.GetUnixFileMode(f).HasFlag(UnixFileMode.OtherExecute)), f));
    }

    [Fact]
    public void Compose_ScriptOfInfluxDb_UsesVariablesThatThereAre()
    {
        string[] given = [.. EnvironmentOf("influxdb").Keys, "DOCKER_INFLUXDB_INIT_BUCKET_ID"]; // the last is the image's
        foreach (string script in Directory.GetFiles(RepositoryFolder.Find("deploy/influxdb")))
        {
            Assert.Equal("", Run("bash", "-n", script));
            Assert.All(VariableIn().Matches(File.ReadAllText(script)).Select(m => m.Groups[1].Value), v => Assert.Contains(v, given));
        }
    }

    [Fact]
    public void Compose_EachServiceThatOthersWaitFor_SaysWhenItIsReady()
    {
        var awaited = Names().Where(s => Of(s).Children.ContainsKey("depends_on"))
            .SelectMany(s => ((YamlMappingNode)Of(s)["depends_on"]).Children.Select(d => (Service: d.Key.ToString(), Condition: d.Value["condition"].ToString()))).Distinct().ToList();

        Assert.Equal(3, awaited.Count);
        Assert.All(awaited, a => Assert.True(a.Condition == "service_healthy" ? Of(a.Service).Children.ContainsKey("healthcheck") : !Of(a.Service).Children.ContainsKey("restart"), a.Service));
    }

    private static string MakeSecrets(string folder) => Run("sh", RepositoryFolder.Find("deploy/make-secrets.sh"), folder);

    private static string Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string printed = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, printed);
        return printed;
    }

    private static string Key(string variable) => variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);

    private static IEnumerable<string> Names() => Services.Children.Keys.Select(k => k.ToString());

    private static YamlMappingNode Of(string service) => (YamlMappingNode)Services[service];

    private static IReadOnlyDictionary<string, string> EnvironmentOf(string service) => Of(service).Children.TryGetValue("environment", out YamlNode? environment)
        ? ((YamlMappingNode)environment).Children.ToDictionary(e => e.Key.ToString(), e => e.Value.ToString())
        : new Dictionary<string, string>();

    private static IEnumerable<string> PortsOf(string service) => ListOf(service, "ports");

    private static IEnumerable<(string Source, string Target, bool ReadOnly)> MountsOf(string service) =>
        ListOf(service, "volumes").Select(v => v.Split(':')).Select(v => (v[0], v[1], v.ElementAtOrDefault(2) == "ro"));

    private static IEnumerable<string> ListOf(string service, string key) => Of(service).Children.TryGetValue(key, out YamlNode? list) ? ((YamlSequenceNode)list).Select(p => p.ToString()) : [];

    private static YamlMappingNode Load(string file)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(RepositoryFolder.Find(file));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    [GeneratedRegex(@"\$\{?([A-Za-z_]+)")]
    private static partial Regex VariableIn();

    [GeneratedRegex("Port=([0-9]+)")]
    private static partial Regex PortIn();

    [GeneratedRegex("PASSWORD|TOKEN|SECRET", RegexOptions.IgnoreCase)]
    private static partial Regex SecretIn();
}
