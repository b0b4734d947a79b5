using BenchmarkDotNet.Attributes;
using CityPerception.Core.LineProtocol;

namespace CityPerception.Benchmarks;

/// <summary>An air_quality line of 176 bytes: what writing and reading it costs. One operation is one line.</summary>
[MemoryDiagnoser]
public class LineProtocolBenchmarks
{
    private const int Lines = 1000;

    private readonly LineBuffer _written = new(1 << 20);
    private readonly LineBuffer _text = new(1 << 20);

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Lines; i++) WriteLine(_text, i);
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    public int Write()
    {
        _written.Clear();
        for (int i = 0; i < Lines; i++) WriteLine(_written, i);
        return _written.Length;
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    public double Read()
    {
        double sum = 0;
        var reader = new LineProtocolReader(_text.Written);
        while (reader.NextLine())
        {
            while (reader.NextTag()) sum += reader.Value.Raw.Length;
            while (reader.NextField()) sum += reader.TryGetDouble(out double value) ? value : 0;
            sum += reader.Time;
        }

        return sum;
    }

    private static void WriteLine(LineBuffer buffer, int i)
    {
        var line = new LineProtocolWriter(buffer, "air_quality"u8);
        line.Tag("category"u8, "ambient"u8);
        line.Tag("device"u8, "aq-140403-0001"u8);
        line.Tag("district"u8, "140403"u8);
        line.Tag("sense"u8, "thing"u8);
        line.Tag("source"u8, "air-station"u8);
        line.Float("co"u8, 0.8);
        line.Float("humidity"u8, 44.1);
        line.Float("no2"u8, 36 + i % 10);
        line.FloatText("pm10"u8, "78.25"u8);
        line.Float("pm25"u8, 35.1);
        line.Integer("rank"u8, i);
        line.End(1795483800000000000 + i);
    }
}
