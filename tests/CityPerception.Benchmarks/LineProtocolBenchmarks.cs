using BenchmarkDotNet.Attributes;
using CityPerception.Core.LineProtocol;

namespace CityPerception.Benchmarks;

/// <summary>An air_quality line of 176 bytes: what writing and reading it costs. One operation is one line.</summary>
[MemoryDiagnoser]
public class LineProtocolBenchmarks
{
    private static readonly LineKey Measurement = LineKey.OfMeasurement("air_quality"u8);
    private static readonly LineKey Category = new("category"u8);
    private static readonly LineKey Device = new("device"u8);
    private static readonly LineKey District = new("district"u8);
    private static readonly LineKey Sense = new("sense"u8);
    private static readonly LineKey Source = new("source"u8);
    private static readonly LineKey Co = new("co"u8);
    private static readonly LineKey Humidity = new("humidity"u8);
    private static readonly LineKey No2 = new("no2"u8);
    private static readonly LineKey Pm10 = new("pm10"u8);
    private static readonly LineKey Pm25 = new("pm25"u8);
    private static readonly LineKey Rank = new("rank"u8);

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
        var line = new LineProtocolWriter(buffer, Measurement);
        line.Tag(Category, "ambient"u8);
        line.Tag(Device, "aq-140403-0001"u8);
        line.Tag(District, "140403"u8);
        line.Tag(Sense, "thing"u8);
        line.Tag(Source, "air-station"u8);
        line.Float(Co, 0.8);
        line.Float(Humidity, 44.1);
        line.Float(No2, 36 + i % 10);
        line.FloatText(Pm10, "78.25"u8);
        line.Float(Pm25, 35.1);
        line.Integer(Rank, i);
        line.End(1795483800000000000 + i);
    }
}
