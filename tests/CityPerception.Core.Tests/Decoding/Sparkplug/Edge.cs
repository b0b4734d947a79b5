using System.Text;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Core.Observations;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Decoding.Sparkplug;

/// <summary>An edge node and whoever listens to it, in one thread: each message goes through the session and the decoder.</summary>
internal sealed class Edge(SparkplugMemory? memory = null)
{
    /// <summary>In ms: the time of all messages, and of their arrival.</summary>
    public const long Time = 1_795_483_800_000;

    public SparkplugNode Node { get; } = new(memory ?? new SparkplugMemory(1 << 20));

    /// <summary>What the last message meant.</summary>
    public SparkplugStep Step { get; private set; }

    public List<string> NodeBirth(long session = 0, int seq = 0, long time = Time, params IEnumerable<SparkplugMetric> metrics) =>
        Send("NBIRTH/e7", SparkplugPayloads.Write(time, seq, [SparkplugPayloads.BirthDeath(session), .. metrics]));

    public List<string> DeviceBirth(string device, int seq, params IEnumerable<SparkplugMetric> metrics) =>
        Send($"DBIRTH/e7/{device}", SparkplugPayloads.Write(Time, seq, metrics));

    public List<string> Data(string device, int seq, params IEnumerable<SparkplugMetric> metrics) =>
        Send($"DDATA/e7/{device}", SparkplugPayloads.Write(Time, seq, metrics));

    public List<string> NodeDeath(long? session) =>
        Send("NDEATH/e7", SparkplugPayloads.Write(Time, null, session is { } number ? [SparkplugPayloads.BirthDeath(number)] : []));

    public List<string> Send(string rest, byte[] payload)
    {
        string topic = $"spBv1.0/g/{rest}";
        bool taken = Node.TryTake(SparkplugTopic.Parse(topic)!, payload, Time * 1_000_000, out SparkplugStep step);
        Step = step;
        return Decode(topic, payload, taken ? step.Context : null);
    }

    /// <summary>Decodes with what is known now, and takes nothing.</summary>
    public List<string> Look(string rest, byte[] payload) => Decode($"spBv1.0/g/{rest}", payload, Node.Look(SparkplugTopic.Parse($"spBv1.0/g/{rest}")!));

    /// <summary>As where nobody follows nodes.</summary>
    public static List<string> Decode(string topic, byte[] payload, SparkplugContext? context = null)
    {
        var sink = new CollectingSink();
        new SparkplugDecoder().Decode(new Message { Payload = payload, Topic = Encoding.UTF8.GetBytes(topic), ReceivedNs = Time * 1_000_000, Context = context }, sink);
        return sink.Elements;
    }
}
