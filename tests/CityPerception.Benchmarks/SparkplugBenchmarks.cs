using System.Text;
using BenchmarkDotNet.Attributes;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.TestKit;

namespace CityPerception.Benchmarks;

/// <summary>Sparkplug B: from a payload's bytes, by the node's session, to line protocol. A lamp cabinet with 100 lamps' metrics, all by alias.</summary>
[MemoryDiagnoser]
public class SparkplugBenchmarks
{
    private const int Metrics = 100;
    private const long Time = 1_795_483_800_000;

    private readonly MappingRun _run = new();
    private readonly SparkplugNode _node = new(new SparkplugMemory(1 << 30));
    private readonly SparkplugTopic _topic = SparkplugTopic.Parse("spBv1.0/changzhi/DDATA/edge-07/lamp-113")!;
    private readonly byte[] _bytes = Encoding.UTF8.GetBytes("spBv1.0/changzhi/DDATA/edge-07/lamp-113");
    private byte[] _oneTime = null!, _manyTimes = null!;
    private CompiledSource _source = null!;

    [GlobalSetup]
    public void Load()
    {
        _source = ShippedPlan.Load().Sources["sparkplug-lamp"];

        SparkplugMetric[] metrics = [new("Lit", true, 11, 0), new("Fault", false, 11, 1), new("Power/Active", 131.5f, 9, 2), .. Enumerable.Range(3, Metrics - 3).Select(i => new SparkplugMetric($"Circuit {i}/Current", 0.25 * i, 10, i))];
        byte[] nodeBirth = SparkplugPayloads.Write(Time, 0, SparkplugPayloads.BirthDeath(0)), birth = SparkplugPayloads.Write(Time, 1, metrics);
        _node.TryTake(SparkplugTopic.Parse("spBv1.0/changzhi/NBIRTH/edge-07")!, nodeBirth, 1, out _);
        _node.TryTake(SparkplugTopic.Parse("spBv1.0/changzhi/DBIRTH/edge-07/lamp-113")!, birth, 1, out _);
        _oneTime = SparkplugPayloads.Write(Time, 2, metrics.Select(m => m with { Name = null, DataType = 0, Time = Time }));
        // A tenth of the metrics each at a time of its own, as they are read out one after the other.
        _manyTimes = SparkplugPayloads.Write(Time, 2, metrics.Select((m, i) => m with { Name = null, DataType = 0, Time = Time + (i / 10) }));
    }

    [Benchmark(OperationsPerInvoke = Metrics)]
    public int MetricsOfOneTime() => Map(_oneTime);

    [Benchmark(OperationsPerInvoke = Metrics)]
    public int MetricsOfTenTimes() => Map(_manyTimes);

    private int Map(byte[] payload)
    {
        _node.TryTake(_topic, payload, 1_795_483_800_000_000_000, out SparkplugStep step);
        _source.Map(new Message { Payload = payload, Topic = _bytes, ReceivedNs = 1_795_483_800_000_000_000, Context = step.Context }, _run);
        return _run.Lines.LineCount > 0 ? _run.Lines.Length : throw new InvalidOperationException("nothing was mapped");
    }
}
