using System.Text;
using System.Text.RegularExpressions;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Pages;

/// <summary>The file by which docs/connect/the-things-stack.md adds a type of sensor is all that it takes.</summary>
public sealed partial class NewSensorTests
{
    private const string Topic = "v3/changzhi-flood@cz/devices/fl-0007/up";

    [Fact]
    public void Load_TheFileOfThePageBesideTheShippedOnes_MakesTheSensorsUplinkThePointOfThePage()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryFolder.Find("docs/connect"), "the-things-stack.md"));
        Match shown = Blocks().Match(page[page.IndexOf("## Another sensor", StringComparison.Ordinal)..]);
        string yaml = shown.Groups["yaml"].Value;
        Assert.InRange(yaml.Count(c => c == '\n'), 1, 29);

        Dictionary<string, byte[]> files = Directory.EnumerateFiles(ShippedFiles.Folder, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(ShippedFiles.Folder, f).Replace('\\', '/'), File.ReadAllBytes);
        files["sources/lora-flood.yaml"] = Encoding.UTF8.GetBytes(yaml);
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(files, faults);
        Assert.True(plan is not null, string.Join("\n", faults.All));

        var lines = new StringBuilder();
        foreach (CompiledSource source in plan.SourcesOf(Topic))
        {
            var run = new MappingRun();
            source.Map(
                new Message
                {
                    Payload = Encoding.UTF8.GetBytes(shown.Groups["json"].Value),
                    Topic = Encoding.UTF8.GetBytes(Topic),
                    ReceivedNs = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero).ToUnixNs(),
                },
                run);
            Assert.Empty(run.Rejections);
            lines.Append(Encoding.UTF8.GetString(run.Lines.Written));
        }

        Assert.Equal(shown.Groups["text"].Value, lines.ToString());
    }

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```.*?```json\n(?<json>.*?)```.*?```text\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
