using CityPerception.Core.Decoding.Sparkplug.Wire;
using Google.Protobuf;

namespace CityPerception.TestKit;

/// <summary>A metric of a Sparkplug payload, as a test wants it.</summary>
/// <param name="Name">Null where the alias stands for it.</param>
/// <param name="Value">bool, int (travels in int_value), long, float, double, string or byte[]; null for none.</param>
/// <param name="DataType">The standard's number; 0 for none.</param>
public sealed record SparkplugMetric(string? Name, object? Value, int DataType = 0, int? Alias = null, long Time = 0)
{
    public bool IsHistorical { get; init; }

    public bool IsTransient { get; init; }

    public bool IsNull { get; init; }
}

/// <summary>Writes payloads of Sparkplug B.</summary>
public static class SparkplugPayloads
{
    /// <param name="time">In ms; 0 for none.</param>
    /// <param name="seq">The running number; null for none, as in a death.</param>
    /// <param name="metrics">In their order.</param>
    public static byte[] Write(long time, int? seq, params IEnumerable<SparkplugMetric> metrics)
    {
        var payload = new Payload();
        if (time > 0) payload.Timestamp = (ulong)time;
        if (seq is not null) payload.Seq = (ulong)seq;
        payload.Metrics.AddRange(metrics.Select(Metric));
        return payload.ToByteArray();
    }

    /// <summary>The metric that births and deaths of one session have in common.</summary>
    public static SparkplugMetric BirthDeath(long number) => new("bdSeq", number, 4);

    /// <summary>The names and boolean values of a payload's metrics, as a node reads a command.</summary>
    public static IReadOnlyList<(string Name, bool Value)> ReadCommand(byte[] payload) =>
        [.. Payload.Parser.ParseFrom(payload).Metrics.Select(m => (m.Name, m.BooleanValue))];

    private static Metric Metric(SparkplugMetric from)
    {
        var metric = new Metric();
        if (from.Name is not null) metric.Name = from.Name;
        if (from.Alias is { } alias) metric.Alias = (ulong)alias;
        if (from.Time > 0) metric.Timestamp = (ulong)from.Time;
        if (from.DataType > 0) metric.Datatype = (uint)from.DataType;
        if (from.IsHistorical) metric.IsHistorical = true;
        if (from.IsTransient) metric.IsTransient = true;
        if (from.IsNull) metric.IsNull = true;
        switch (from.Value)
        {
            case bool value:
                metric.BooleanValue = value;
                break;
            case int value:
                metric.IntValue = unchecked((uint)value);
                break;
            case long value:
                metric.LongValue = unchecked((ulong)value);
                break;
            case float value:
                metric.FloatValue = value;
                break;
            case double value:
                metric.DoubleValue = value;
                break;
            case string value:
                metric.StringValue = value;
                break;
            case byte[] value:
                metric.BytesValue = ByteString.CopyFrom(value);
                break;
        }

        return metric;
    }
}
