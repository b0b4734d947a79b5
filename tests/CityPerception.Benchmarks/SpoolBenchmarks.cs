using BenchmarkDotNet.Attributes;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Benchmarks;

/// <summary>Appending to the spool until it is on the disk, the fsync included: what an acknowledgement waits for.</summary>
[MemoryDiagnoser]
public class SpoolBenchmarks
{
    private const int Records = 1000;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"cityperception-spool-{Guid.NewGuid():N}");
    private byte[] _line = [];
    private Spool _spool = null!;

    [GlobalSetup]
    public void Open()
    {
        _line = "air_quality,category=ambient,device=AQ-00001,district=140403,sense=thing,source=air-station no2=21.0,pm10=70.2,pm25=35.1,temperature=8.5 1700000000000000000\n"u8.ToArray();
        _spool = Spool.Open(_directory, new SpoolOptions(), TimeProvider.System, NullLogger<Spool>.Instance);
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _spool.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A lone message: the time of one commit.</summary>
    [Benchmark]
    public async Task OneRecord()
    {
        _spool.TryAppend(_line, 1, 0, out long receipt);
        await _spool.WaitDurableAsync(receipt, CancellationToken.None);
        _spool.Truncate(receipt);
    }

    /// <summary>A thousand records of one line, and one wait for all of them. One operation is one record.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public async Task ThousandRecords()
    {
        long receipt = 0;
        for (int i = 0; i < Records; i++)
        {
            while (!_spool.TryAppend(_line, 1, 0, out receipt)) await _spool.WaitForRoomAsync(CancellationToken.None);
        }

        await _spool.WaitDurableAsync(receipt, CancellationToken.None);
        _spool.Truncate(receipt);
    }
}
