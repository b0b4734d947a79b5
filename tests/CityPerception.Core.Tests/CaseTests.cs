using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests;

/// <summary>
/// Runs the folders of Cases/: source.yaml and input.* become expected.lp, rejected.txt, or both. A user's sample is a
/// test without code: a folder. Where shipped.txt names a source of ingest-configs, that one is run. <c>UPDATE_CASES=1</c> writes what came out, to be read before it is committed.
/// </summary>
public sealed class CaseTests
{
    /// <summary>2026-11-24T01:30:00Z, when every case's message arrives.</summary>
    private static readonly long ReceivedNs = new DateTimeOffset(2026, 11, 24, 1, 30, 0, TimeSpan.Zero).ToUnixNs();

    public static IEnumerable<TheoryDataRow<string>> Folders() =>
        Directory.EnumerateFiles(CasesRoot, "input.*", SearchOption.AllDirectories)
            .Select(f => new TheoryDataRow<string>(Path.GetRelativePath(CasesRoot, Path.GetDirectoryName(f)!)))
            .OrderBy(r => r.Data, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Map_CaseFolder_BecomesWhatIsExpected(string folder)
    {
        string path = Path.Combine(CasesRoot, folder);
        string shipped = Path.Combine(path, "shipped.txt");
        CompiledSource source = File.Exists(shipped)
            ? ShippedFiles.Plan.Sources[File.ReadAllText(shipped).Trim()]
            : Assert.Single(LoadPlan(path).Sources.Values);
        byte[] input = File.ReadAllBytes(Assert.Single(Directory.GetFiles(path, "input.*")));
        string topicFile = Path.Combine(path, "topic.txt");

        var message = new Message
        {
            Payload = input,
            ReceivedNs = ReceivedNs,
            Topic = File.Exists(topicFile) ? Encoding.UTF8.GetBytes(File.ReadAllText(topicFile).Trim()) : [],
            Properties = CaseProperties.Read(Path.Combine(path, "properties.txt")),
            Retained = File.Exists(Path.Combine(path, "retained")),
        };
        (string lines, string rejections) = Map(source, message);
        // A source keeps what it has written once: the second time must not differ.
        Assert.Equal((lines, rejections), Map(source, message));

        AssertFile(Path.Combine(path, "expected.lp"), lines);
        AssertFile(Path.Combine(path, "rejected.txt"), rejections);
    }

    private static (string Lines, string Rejections) Map(CompiledSource source, in Message message)
    {
        var run = new MappingRun();
        source.Map(message, run);
        string rejections = string.Concat(run.Rejections.Select(r => $"{r.Index} {r.Reason} {r.Path}: {r.Detail}\n"));
        return (Encoding.UTF8.GetString(run.Lines.Written), rejections + (run.FilteredCount > 0 ? $"filtered {run.FilteredCount}\n" : ""));
    }

    private static string CasesRoot { get; } = Path.Combine(RepositoryFolder.Find("tests/CityPerception.Core.Tests"), "Cases");

    private static IngestPlan LoadPlan(string folder)
    {
        string config = Path.Combine(CasesRoot, "config");
        Dictionary<string, byte[]> files = Directory.EnumerateFiles(config, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(config, f).Replace('\\', '/'), File.ReadAllBytes);
        files["sources/source.yaml"] = File.ReadAllBytes(Path.Combine(folder, "source.yaml"));
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(files, faults);
        Assert.True(plan is not null, string.Join("\n", faults.All));
        return plan;
    }

    private static void AssertFile(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_CASES") == "1")
        {
            if (actual.Length > 0) File.WriteAllText(path, actual);
            else File.Delete(path);
            return;
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }

    private sealed class CaseProperties : IMessageProperties
    {
        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

        public static CaseProperties? Read(string path)
        {
            if (!File.Exists(path)) return null;
            var properties = new CaseProperties();
            foreach (string line in File.ReadLines(path))
                if (line.Split('=', 2) is [var name, var value]) properties._values[name] = value;
            return properties;
        }

        public string? Find(string name) => _values.GetValueOrDefault(name);
    }
}
