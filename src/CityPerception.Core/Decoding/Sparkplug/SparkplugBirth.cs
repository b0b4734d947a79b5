using System.Text.Encodings.Web;
using System.Text.Json;
using CityPerception.Core.Decoding.Sparkplug.Wire;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>What one birth said of the metrics of a node or device: names, aliases, datatypes. Immutable.</summary>
internal sealed class SparkplugBirth
{
    // Two entries of dictionaries, the strings' and the object's heads; names come on top, as UTF-16 and as UTF-8.
    private const int BytesAMetric = 200, BytesACharacter = 4;

    private readonly Dictionary<ulong, SparkplugName> _byAlias;
    private readonly Dictionary<string, SparkplugName> _byName;

    public SparkplugBirth(Payload payload, long cost)
    {
        Cost = cost;
        Timestamp = payload.Timestamp;
        _byAlias = [];
        _byName = new Dictionary<string, SparkplugName>(payload.Metrics.Count, StringComparer.Ordinal);
        foreach (Metric metric in payload.Metrics)
        {
            if (!metric.HasName) continue;
            SparkplugName name = SparkplugName.Of(metric.Name, metric.Datatype);
            _byName[metric.Name] = name;
            if (metric.HasAlias) _byAlias[metric.Alias] = name;
        }
    }

    /// <summary>The birth's own time: a birth that comes twice has the same.</summary>
    public ulong Timestamp { get; }

    /// <summary>What was counted for it.</summary>
    public long Cost { get; }

    /// <summary>About how much memory a birth takes.</summary>
    public static long CostOf(SparkplugTopic topic, Payload payload)
    {
        long cost = BytesAMetric + BytesACharacter * topic.Sender.Length;
        foreach (Metric metric in payload.Metrics) cost += BytesAMetric + BytesACharacter * metric.Name.Length;
        return cost;
    }

    public SparkplugName? Find(ulong alias) => _byAlias.TryGetValue(alias, out SparkplugName name) ? name : null;

    public SparkplugName? Find(string name) => _byName.TryGetValue(name, out SparkplugName found) ? found : null;
}

/// <summary>A metric's name, ready to be written, and its datatype.</summary>
internal readonly record struct SparkplugName(JsonEncodedText Name, SparkplugDataType DataType)
{
    // 0 is "unknown", which says as little as no datatype at all.
    public static SparkplugName Of(string name, uint dataType) =>
        new(JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping), (SparkplugDataType)dataType);
}
