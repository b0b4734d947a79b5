using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Mapping;

/// <summary>Compiles a source file's text against the configuration of the test cases.</summary>
internal static class ConfigText
{
    /// <summary>2026-11-24T01:30:00Z.</summary>
    public static long ReceivedNs { get; } = new DateTimeOffset(2026, 11, 24, 1, 30, 0, TimeSpan.Zero).ToUnixNs();

    public static Dictionary<string, byte[]> Files(params (string Path, string Text)[] more)
    {
        string config = RepositoryFolder.Find("tests/CityPerception.Core.Tests/Cases/config");
        Dictionary<string, byte[]> files = Directory.EnumerateFiles(config, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(config, f).Replace('\\', '/'), File.ReadAllBytes);
        foreach ((string path, string text) in more) files[path] = Encoding.UTF8.GetBytes(text);
        return files;
    }

    public static CompiledSource Source(string yaml)
    {
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(Files(("sources/s.yaml", yaml)), faults);
        Assert.True(plan is not null, string.Join("\n", faults.All));
        return Assert.Single(plan.Sources.Values);
    }

    public static IReadOnlyList<string> FaultsOf(string yaml)
    {
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(Files(("sources/s.yaml", yaml)), faults);
        Assert.Null(plan);
        return [.. faults.All.Select(f => f.ToString())];
    }

    public static string Map(CompiledSource source, string payload)
    {
        var run = new MappingRun();
        source.Map(new Message { Payload = Encoding.UTF8.GetBytes(payload), ReceivedNs = ReceivedNs }, run);
        return Encoding.UTF8.GetString(run.Lines.Written) + string.Concat(run.Rejections.Select(r => $"{r.Reason} {r.Path}\n"));
    }
}
