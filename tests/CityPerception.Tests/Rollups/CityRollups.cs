using CityPerception.Core.Channels;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.Storage;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;
using CityPerception.Tests.Simulation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Tests.Rollups;

/// <summary>The shipped channels over a store, and a clock to turn.</summary>
internal sealed class CityRollups : IAsyncDisposable
{
    public static readonly ViewWindow[] Windows = [ViewWindow.Minute, ViewWindow.Hour, ViewWindow.Day];

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly OperationalDbs _databases;
    private readonly DirtyWindows _dirty;
    private readonly RollupJob _job;

    public CityRollups(IStore store, DateTimeOffset now)
    {
        Store = store;
        Clock = new FakeTimeProvider(now);
        _databases = new OperationalDbs(new OperationsOptions { SqlitePath = _folder.File("operations.db") });
        var state = new RollupState(_databases, Clock);
        var metrics = new StorageMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var pipeline = new StorePipeline(store, new DispatcherOptions(), TimeProvider.System, metrics, NullLogger<StorePipeline>.Instance);
        _job = new RollupJob(new RollupEngine(store, new RollupInputs(store, new CaseStates(_databases)), pipeline, Clock), state, Clock);
        _dirty = new DirtyWindows(static () => Plan.Channels, state, Clock);
    }

    public IStore Store { get; }

    public FakeTimeProvider Clock { get; }

    private static IngestPlan Plan => Ingest.Plan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task OpenAsync()
    {
        await _databases.MigrateAsync(Ct);
        await Store.OpenAsync(Ct);
    }

    /// <summary>Stores lines as the dispatcher does.</summary>
    public async Task WriteAsync(IReadOnlyList<string> lines)
    {
        foreach (string[] some in lines.Chunk(5_000))
        {
            LineBatch batch = Lines.Of(some);
            Assert.Empty((await Store.WriteAsync(batch, Ct)).Refused);
            await _dirty.ApplyAsync(batch, Ct);
        }
    }

    /// <summary>Runs the jobs of all channels and windows once.</summary>
    public async Task RunAsync()
    {
        foreach (ViewWindow window in Windows)
        {
            foreach (Channel channel in Plan.Channels.Values) await _job.RunAsync(channel, window, Plan.City, Ct);
        }
    }

    /// <summary>Every view of a channel and window, by what it is of.</summary>
    public async Task<Dictionary<(string, ViewKey, DateTimeOffset), ChannelView>> ViewsAsync(string channel, ViewWindow window, DateTimeOffset from, DateTimeOffset to) =>
        (await new ViewReader(Store).ReadAsync(new ViewQuery(channel, window, from, to), Ct)).ToDictionary(static v => (v.Kpi, v.Key, v.Start));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
