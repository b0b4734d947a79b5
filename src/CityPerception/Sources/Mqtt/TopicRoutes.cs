using System.Collections.Concurrent;
using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Core.Mapping;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Sources.Mqtt.Sparkplug;

namespace CityPerception.Sources.Mqtt;

/// <summary>Which sources take the messages of a topic.</summary>
/// <param name="Topic">The topic as mappings read it: in the Azure IoT dialect, without the properties.</param>
/// <param name="TopicUtf8">The same.</param>
/// <param name="Sources">None for topics that are not for ingest.</param>
internal sealed record TopicRoute(string Topic, byte[] TopicUtf8, (CompiledSource Source, SourceMeter Meter)[] Sources)
{
    /// <summary>A topic of Sparkplug B, while there are sources for that: its messages count for their node's session even where no source maps them.</summary>
    public bool IsSparkplug { get; init; }

    /// <summary>A source asks somebody outside for scores before it maps a message.</summary>
    public bool IsScoredOutside { get; init; }

    /// <summary>Where its messages have to pass before they are mapped; null where they need not.</summary>
    public SparkplugRoute? Sparkplug { get; init; }
}

/// <summary>Finds and remembers the route of each topic, for as long as the plan stays the same.</summary>
internal sealed class TopicRoutes(CurrentPlan current, SparkplugNodes sparkplug, ExternalScorer scorer, IngestMetrics metrics)
{
    // A city's devices keep their topics. Whoever makes up new ones without end only loses the memory of them.
    private const int MaxTopics = 200_000;

    private Table? _table;

    public TopicRoute Find(string topic)
    {
        if (AzureTopic.TryParse(topic, out AzureTopic azure)) topic = azure.Route;
        Table? table = Volatile.Read(ref _table);
        IngestPlan plan = current.Plan;
        if (table is null || !ReferenceEquals(table.Plan, plan) || table.Routes.Count > MaxTopics) Volatile.Write(ref _table, table = new Table(plan));
        return table.Routes.TryGetValue(topic, out TopicRoute? route) ? route : Add(table, topic);
    }

    /// <summary>What a message may have after decompression.</summary>
    public int MaxDecompressedBytes => current.Plan.City.Limits.DecompressedBytes;

    private TopicRoute Add(Table table, string topic)
    {
        CompiledSource[] sources = table.Plan.SourcesOf(topic);
        bool isSparkplug = table.HasSparkplug && topic.StartsWith(SparkplugTopic.Namespace, StringComparison.Ordinal);
        var route = new TopicRoute(topic, Encoding.UTF8.GetBytes(topic), [.. sources.Select(s => (s, metrics.For(s.Name, MqttIngest.Transport)))])
        {
            IsSparkplug = isSparkplug,
            IsScoredOutside = sources.Any(scorer.IsFor),
            Sparkplug = isSparkplug && SparkplugTopic.Parse(topic) is { } sender ? new SparkplugRoute(sparkplug, sender) : null,
        };
        return table.Routes.GetOrAdd(topic, route);
    }

    private sealed class Table(IngestPlan plan)
    {
        public IngestPlan Plan { get; } = plan;

        public bool HasSparkplug { get; } = plan.HasSparkplug;

        public ConcurrentDictionary<string, TopicRoute> Routes { get; } = new();
    }
}
