using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Simulation;

namespace CityPerception.Tests.Simulation;

/// <summary>The shipped configuration, compiled, and what it makes of the simulated city's messages.</summary>
internal static class Ingest
{
    private static readonly Lazy<IngestPlan> Loaded = new(Load);

    public static IngestPlan Plan => Loaded.Value;

    public static MappingRun Map(string source, ReadOnlySpan<byte> payload, string? topic, DateTimeOffset received)
    {
        var run = new MappingRun();
        var message = new Message { Payload = payload, Topic = Encoding.UTF8.GetBytes(topic ?? ""), ReceivedNs = received.ToUnixNs() };
        Plan.Sources[source].Map(in message, run);
        return run;
    }

    public static MappingRun Map(this Outgoing message) => Map(message.Source, message.Payload.Span, message.Topic, message.Due);

    public static string[] LinesOf(MappingRun run) =>
        Encoding.UTF8.GetString(run.Lines.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static string Describe(MappingRun run) =>
        string.Join("; ", run.Rejections.Select(r => $"{r.Reason} at {r.Path}: {r.Detail}"));

    private static IngestPlan Load()
    {
        string root = City.Configuration();
        Dictionary<string, byte[]> files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(root, f).Replace('\\', '/'), File.ReadAllBytes);
        var faults = new ConfigFaults();
        return IngestPlan.Load(files, faults) ?? throw new InvalidDataException(string.Join('\n', faults.All));
    }
}
