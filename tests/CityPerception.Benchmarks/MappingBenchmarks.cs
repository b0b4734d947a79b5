using System.Text;
using BenchmarkDotNet.Attributes;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;

namespace CityPerception.Benchmarks;

/// <summary>Decode and map: from a message's bytes to line protocol. The figure of the README's air station.</summary>
[MemoryDiagnoser]
public class MappingBenchmarks
{
    private readonly MappingRun _run = new();
    private readonly byte[] _topic = Encoding.UTF8.GetBytes("city/aq/AQ-00001/telemetry");
    private readonly byte[] _payload = Encoding.UTF8.GetBytes(
        """{"deviceId":"AQ-00001","ts":1700000000000,"seq":1,"data":{"pm25":35.1,"pm10":70.2,"no2":21.0,"temp":8.5},"battery":3.61,"fw":"2.4.1"}""");

    private readonly byte[] _frame = Encoding.UTF8.GetBytes(
        "##0279QN=20261124093000123;ST=22;CN=2011;PW=123456;MN=140403000A00000000000001;Flag=5;CP=&&DataTime=20261124093000;a34004-Rtd=41,a34004-Flag=N;a34002-Rtd=78,a34002-Flag=N;a21026-Rtd=11,a21026-Flag=N;a21004-Rtd=36,a21004-Flag=N;a21005-Rtd=0.8,a21005-Flag=N;a05024-Rtd=52,a05024-Flag=N&&0780\r\n");

    private CompiledSource _source = null!, _hj212 = null!;

    [GlobalSetup]
    public void Load()
    {
        IngestPlan plan = ShippedPlan.Load();
        _source = plan.Sources["air-station"];
        _hj212 = plan.Sources["hj212-realtime"];
    }

    [Benchmark]
    public int AirStation()
    {
        _source.Map(new Message { Payload = _payload, Topic = _topic, ReceivedNs = 1_795_483_800_000_000_000 }, _run);
        return _run.Lines.Length;
    }

    /// <summary>A frame of six factors: split, CRC, decode and map.</summary>
    [Benchmark]
    public int Hj212Frame()
    {
        _hj212.Map(new Message { Payload = _frame, ReceivedNs = 1_795_483_800_000_000_000 }, _run);
        return _run.Lines.Length;
    }
}
