using CityPerception.Hosting;
using CityPerception.TestKit;
using YamlDotNet.RepresentationModel;

namespace CityPerception.Tests.Hosting;

/// <summary>No container engine runs where the tests do: the compose file is read and held against the product.</summary>
public sealed class ComposeFileTests
{
    private const string Prefix = "CITYPERCEPTION_";

    private static readonly YamlMappingNode Services = Load();

    [Fact]
    public void Compose_EverySettingOfTheServer_IsOneOfTheCatalogue()
    {
        var environment = (YamlMappingNode)((YamlMappingNode)Services["cityperception"])["environment"];

        Assert.NotEmpty(environment.Children);
        foreach ((YamlNode name, YamlNode value) in environment)
        {
            string key = name.ToString()[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            Assert.Null(SettingCatalog.Default.Check(key, value.ToString()));
        }
    }

    [Fact]
    public void Compose_Ports_AreOnTheHostsLoopbackOnly()
    {
        IEnumerable<string> ports = Services.Children.Values.Cast<YamlMappingNode>()
            .Where(s => s.Children.ContainsKey("ports")).SelectMany(s => ((YamlSequenceNode)s["ports"]).Select(p => p.ToString()));

        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
    }

    [Fact]
    public void Compose_Secrets_ComeFromTheEnvironmentAndHaveNoDefault()
    {
        string text = File.ReadAllText(RepositoryFolder.Find("docker-compose.yml"));

        Assert.All(text.Split('\n').Where(l => l.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase) && l.Contains(": ", StringComparison.Ordinal) && !l.TrimStart().StartsWith('#')),
            line => Assert.Contains("${INFLUX_PASSWORD:?", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Compose_FilesThatItNames_AreThere()
    {
        var build = (YamlMappingNode)((YamlMappingNode)Services["cityperception"])["build"];

        Assert.True(File.Exists(RepositoryFolder.Find(build["dockerfile"].ToString())));
        Assert.True(Directory.Exists(RepositoryFolder.Find("ingest-configs")));
    }

    private static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(RepositoryFolder.Find("docker-compose.yml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode["services"];
    }
}
