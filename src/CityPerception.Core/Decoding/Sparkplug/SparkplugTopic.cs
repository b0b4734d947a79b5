using System.Text;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>The messages that edge nodes send (Sparkplug 3.0, 4.1); a device's begin with D, a node's own with N.</summary>
public enum SparkplugType
{
    NodeBirth,
    DeviceBirth,
    NodeData,
    DeviceData,
    NodeDeath,
    DeviceDeath,
}

/// <summary>A topic of an edge node: <c>spBv1.0/{group}/{type}/{node}</c>, with <c>/{device}</c> for those of a device.</summary>
/// <param name="Device">Null for the node itself.</param>
public sealed record SparkplugTopic(string Group, SparkplugType Type, string Node, string? Device)
{
    /// <summary>What every topic of Sparkplug B begins with, commands and STATE too.</summary>
    public const string Namespace = "spBv1.0/";

    /// <summary>The topic filter of them all.</summary>
    public const string AllTopics = Namespace + "#";

    // In the order of the enumeration.
    private static readonly string[] Names = ["NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH"];

    /// <summary>The type as the topic has it: <c>DDATA</c>.</summary>
    public string TypeName => Names[(int)Type];

    /// <summary>Where the node takes commands: <c>spBv1.0/{group}/NCMD/{node}</c>.</summary>
    public string CommandTopic => $"{Namespace}{Group}/NCMD/{Node}";

    /// <summary>For people: <c>group/node</c> or <c>group/node/device</c>.</summary>
    public string Sender => Device is null ? $"{Group}/{Node}" : $"{Group}/{Node}/{Device}";

    /// <summary>Null for any other topic, those of commands and STATE included.</summary>
    public static SparkplugTopic? Parse(ReadOnlySpan<byte> topic) => Parse(Encoding.UTF8.GetString(topic));

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static SparkplugTopic? Parse(string topic)
    {
        if (!topic.StartsWith(Namespace, StringComparison.Ordinal)) return null;
        string[] levels = topic.Split('/');
        if (levels.Length is not (4 or 5) || levels.Contains("")) return null;
        int type = Array.IndexOf(Names, levels[2]);
        bool isOfDevice = type >= 0 && levels[2][0] == 'D';
        if (type < 0 || isOfDevice != (levels.Length == 5)) return null;
        return new SparkplugTopic(levels[1], (SparkplugType)type, levels[3], isOfDevice ? levels[4] : null);
    }
}
