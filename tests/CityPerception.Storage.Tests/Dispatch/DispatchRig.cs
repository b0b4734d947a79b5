using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Projections;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Tests.Spooling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Dispatch;

/// <summary>A spool, dead letters and a dispatcher between them and a <see cref="MemoryStore"/>.</summary>
internal sealed class DispatchRig : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly string _directory;
    private ProjectionSet? _projections;

    public DispatchRig(string directory)
    {
        _directory = directory;
        Metrics = new StorageMetrics(_services.GetRequiredService<IMeterFactory>());
        Open();
    }

    public MemoryStore Store { get; } = new();

    public StorageMetrics Metrics { get; }

    /// <summary>What tells this rig's instruments from those of tests that run beside it.</summary>
    public object MeterScope => _services.GetRequiredService<IMeterFactory>();

    public DispatcherOptions Options { get; } = new()
    {
        BatchAge = TimeSpan.FromMilliseconds(20),
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        BreakDuration = TimeSpan.FromMilliseconds(500),
    };

    public List<IProjection> Projections { get; } = [];

    public DiskFaults LetterDisk { get; } = new();

    public Spool Spool { get; private set; } = null!;

    /// <summary>What has become of the spool's lines since it was opened.</summary>
    public SpoolMeter Lines { get; private set; } = null!;

    public DeadLetterLog Letters { get; private set; } = null!;

    public Dispatcher? Dispatcher { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static string Line(string series, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"test,device={series} n={number}i {number}");

    /// <summary>Appends records of the lines given, and returns when they are durable.</summary>
    public async Task AppendAsync(IEnumerable<string> lines, int linesPerRecord = 1)
    {
        long receipt = 0;
        foreach (string[] record in lines.Chunk(linesPerRecord))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', record) + "\n");
            while (!Spool.TryAppend(bytes, record.Length, 1, out receipt)) await Spool.WaitForRoomAsync(Ct);
        }

        await Spool.WaitDurableAsync(receipt, Ct);
    }

    public async Task StartAsync()
    {
        var pipeline = new StorePipeline(Store, Options, TimeProvider.System, Metrics, NullLogger<StorePipeline>.Instance);
        _projections = new ProjectionSet(() => Projections, ready: null, Metrics, NullLogger<ProjectionSet>.Instance);
        Dispatcher = new Dispatcher(Lines, pipeline, Letters, _projections, Microsoft.Extensions.Options.Options.Create(Options), TimeProvider.System, Metrics, NullLogger<Dispatcher>.Instance);
        await Dispatcher.StartAsync(Ct);
    }

    public async Task StopAsync(TimeSpan? limit = null)
    {
        if (Dispatcher is null) return;
        using var time = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        await Dispatcher.StopAsync(time.Token);
        Dispatcher.Dispose();
        _projections?.Dispose();
        Dispatcher = null;
    }

    /// <summary>Stops, closes and opens everything but the store, as another start of the process would.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await Spool.DisposeAsync();
        await Letters.DisposeAsync();
        Open();
    }

    /// <summary>Waits until nothing is left in the spool.</summary>
    public Task DrainedAsync() => UntilAsync(() => Spool.Bytes == 0);

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Spool.DisposeAsync();
        await Letters.DisposeAsync();
        Metrics.Dispose();
        await _services.DisposeAsync();
    }

    private void Open()
    {
        Spool = Spools.Open(Path.Combine(_directory, "spool"));
        Lines = Metrics.Follow(Spool, SpoolMeter.Live);
        DurableLogSettings letters = Spools.Small(Path.Combine(_directory, "letters")) with { CreateDevice = d => new FailingDevice(d, LetterDisk) };
        Letters = new DeadLetterLog(letters, new DeadLetterOptions(), TimeProvider.System, Metrics, NullLogger<DeadLetterLog>.Instance);
    }
}
