using BenchmarkDotNet.Attributes;
using CityPerception.Core.Cities;
using CityPerception.Core.Standards;

namespace CityPerception.Benchmarks;

/// <summary>What a rollup asks for once a window and place, or once a case.</summary>
[MemoryDiagnoser]
public class StandardsBenchmarks
{
    private const long Start = 1_795_483_800_000_000_000;

    private readonly AirConcentrations _air = new(Pm25: 81.4, Pm10: 121.3, So2: 17, No2: 49, Co: 1.94, O3: 9);
    private readonly double[] _hours = [.. Enumerable.Range(0, 24).Select(h => 60.0 + h)];
    private City _city = null!;

    [GlobalSetup]
    public void Load() => _city = ShippedPlan.Load().City;

    [Benchmark]
    public AirIndex? Aqi() => AirQualityIndex.OfHour(_air);

    [Benchmark]
    public double? OzoneOfDay() => AirValidity.OzoneOfDay(_hours);

    [Benchmark]
    public long? DueInWorkingDays() => Deadlines.Due(_city, Start, "5个工作日");

    [Benchmark]
    public long? DueInWorkingHours() => Deadlines.Due(_city, Start, "20工作小时");

    [Benchmark]
    public TimeSpan WorkingTimeOfAYear() => Deadlines.WorkingTime(_city, Start, Start + (365L * 86_400_000_000_000));
}
