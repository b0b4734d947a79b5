using CityPerception.Core.Decoding.Sparkplug.Wire;
using Google.Protobuf;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>The command that asks a node to say its births again (Sparkplug 3.0).</summary>
public static class RebirthCommand
{
    private const string RebirthMetric = "Node Control/Rebirth";

    /// <summary>Its payload, for the node's <see cref="SparkplugTopic.CommandTopic"/>.</summary>
    public static byte[] Encode(DateTimeOffset now)
    {
        ulong ms = (ulong)now.ToUnixTimeMilliseconds();
        var metric = new Metric { Name = RebirthMetric, Timestamp = ms, Datatype = (uint)SparkplugDataType.Boolean, BooleanValue = true };
        return new Payload { Timestamp = ms, Metrics = { metric } }.ToByteArray();
    }
}
