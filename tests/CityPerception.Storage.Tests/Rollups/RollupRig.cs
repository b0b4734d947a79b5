using System.Collections.Frozen;
using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Retention;
using CityPerception.Storage.Rollups;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>A city of two districts, one channel, a store and a database, and a clock to turn.</summary>
internal sealed class RollupRig : IAsyncDisposable
{
    private static readonly ViewWindow[] Windows = [ViewWindow.Minute, ViewWindow.Hour, ViewWindow.Day];

    private readonly MeasurementCatalog _catalog;
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StorageMetrics _metrics;
    private readonly OperationalDbs _databases;
    private readonly DuckDbStore _store;
    private readonly DirtyWindows _dirty;
    private readonly CaseProjection _cases;

    private RollupRig(string zone, string kpis, DateTimeOffset now, string settings, SiteLimits sites, ImmutableDictionary<string, TimeSpan>? schedules)
    {
        var faults = new ConfigFaults();
        City = ReadCity(zone, settings, sites, schedules);
        MeasurementCatalog catalog = MeasurementCompiler.Read("measurements.yaml", File.ReadAllText(RepositoryFolder.Find("ingest-configs/measurements.yaml")), City, faults)!;
        Assert.Empty(faults.All);
        _catalog = catalog;
        Channel = Compile(kpis);

        Clock = new FakeTimeProvider(now);
        _metrics = new StorageMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        _databases = new OperationalDbs(new OperationsOptions { SqlitePath = _folder.File("operations.db") });
        _store = new DuckDbStore(new DuckDbOptions { Path = _folder.File("store.duckdb") }, () => catalog, NullLogger<DuckDbStore>.Instance);
        State = new RollupState(_databases, Clock);
        var pipeline = new StorePipeline(_store, new DispatcherOptions(), TimeProvider.System, _metrics, NullLogger<StorePipeline>.Instance);
        Inputs = new RollupInputs(_store, new CaseStates(_databases));
        Engine = new RollupEngine(_store, Inputs, pipeline, Clock);
        Job = new RollupJob(Engine, State, Clock);
        Run = new RollupRun(Engine, State, Clock);
        Retention = new StoreRetention(_store, State, new CaseTable(_databases, () => CaseHistories.Terms, Clock), Clock);
        Terms = new RetentionTerms(City, catalog, [Channel.Slug]);
        Views = new ViewReader(_store);
        var channels = new[] { Channel }.ToFrozenDictionary(c => c.Slug);
        var table = new CaseTable(_databases, () => CaseHistories.Terms, Clock);
        _cases = new CaseProjection(_ => ValueTask.FromResult(table), () => CaseHistories.Terms);
        _dirty = new DirtyWindows(() => channels, State, Clock);
    }

    public City City { get; }

    public Channel Channel { get; }

    public FakeTimeProvider Clock { get; }

    public RollupState State { get; }

    public RollupInputs Inputs { get; }

    public RollupEngine Engine { get; }

    public RollupJob Job { get; }

    public RollupRun Run { get; }

    public StoreRetention Retention { get; }

    public RetentionTerms Terms { get; }

    public ViewReader Views { get; }

    public IStore Store => _store;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RollupRig> StartAsync(string kpis, DateTimeOffset now, string zone = "Asia/Shanghai", string retention = "", string standards = "", SiteLimits? sites = null, ImmutableDictionary<string, TimeSpan>? schedules = null)
    {
        var rig = new RollupRig(zone, kpis, now, retention + standards, sites ?? SiteLimits.None, schedules);
        await rig._databases.MigrateAsync(Ct);
        await rig._store.OpenAsync(Ct);
        return rig;
    }

    /// <summary>A city with other settings.</summary>
    public static City ReadCity(string zone = "Asia/Shanghai", string settings = "", SiteLimits? sites = null, ImmutableDictionary<string, TimeSpan>? schedules = null)
    {
        var faults = new ConfigFaults();
        City city = CityCompiler.Read("city.yaml", CityText.Replace("ZONE", zone, StringComparison.Ordinal) + settings, faults, sites, schedules)!;
        Assert.Empty(faults.All);
        return city;
    }

    /// <summary>The channel of a file.</summary>
    public Channel Compile(string kpis)
    {
        var faults = new ConfigFaults();
        Channel channel = new ChannelCompiler(_catalog, faults).Compile(ConfigBinder.Bind<ChannelFile>("city.yaml", kpis, faults)!)!;
        Assert.Empty(faults.All);
        return channel;
    }

    /// <summary>Stores lines as the dispatcher does.</summary>
    public async Task StoreAsync(params string[] lines)
    {
        await StoreOnlyAsync(lines);
        await _cases.ApplyAsync(Lines.Of(lines), Ct);
        await _dirty.ApplyAsync(Lines.Of(lines), Ct);
    }

    /// <summary>Stores lines of which the jobs do not hear.</summary>
    public async Task StoreOnlyAsync(params string[] lines) => Assert.Empty((await _store.WriteAsync(Lines.Of(lines), Ct)).Refused);

    /// <summary>Runs the jobs of all windows once.</summary>
    public async Task<RollupCounts> RunAsync()
    {
        RollupCounts counts = default;
        foreach (ViewWindow window in Windows) counts += await Job.RunAsync(Channel, window, City, Ct);
        return counts;
    }

    /// <summary>Every view there is, without what tells when it was computed.</summary>
    public async Task<SortedDictionary<string, string>> ViewsAsync(DateTimeOffset from, DateTimeOffset to)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (ViewWindow window in Windows)
        {
            foreach (ChannelView view in await Views.ReadAsync(new ViewQuery(Channel.Slug, window, from, to), Ct))
                if (!view.Void) all.Add($"{view.Kpi} {window} {view.Start:s} {view.Key}", $"{view.Value:G12} {view.Num}/{view.Den} n={view.Samples} {view.Coverage:0.####} {view.OwnLevel} {view.Level}");
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _metrics.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private const string CityText = """
        name: { zh: 试验市, en: Test City }
        code: "140400"
        zone: ZONE
        bounds: { lat: [35, 37], lon: [111, 114] }
        districts:
          140403: { name: { zh: 甲区, en: A }, lat: 36.2, lon: 113.1 }
          140404: { name: { zh: 乙区, en: B }, lat: 36.1, lon: 113.0 }
        """;
}
