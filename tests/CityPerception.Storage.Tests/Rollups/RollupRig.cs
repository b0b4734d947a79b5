using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Links;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Retention;
using CityPerception.Storage.Rollups;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>A city of two districts, one channel, a store and a database, and a clock to turn.</summary>
internal sealed class RollupRig : IAsyncDisposable
{
    private readonly MeasurementCatalog _catalog;
    private readonly TempFolder _folder = new();
    private readonly OperationalDbs _databases;
    private readonly DuckDbStore _store;
    private readonly RollupWorks _works;
    private readonly CaseProjection _cases;

    private RollupRig(string zone, string kpis, DateTimeOffset now, string settings, SiteLimits sites, ImmutableDictionary<string, TimeSpan>? schedules)
    {
        City = ReadCity(zone, settings, sites, schedules);
        _catalog = ReadCatalog(City);
        Channel = Compile(kpis);

        Clock = new FakeTimeProvider(now);
        _databases = new OperationalDbs(new OperationsOptions { SqlitePath = _folder.File("operations.db") });
        _store = new DuckDbStore(new DuckDbOptions { Path = _folder.File("store.duckdb") }, () => _catalog, NullLogger<DuckDbStore>.Instance);
        State = new RollupState(_databases, Clock);
        _works = new RollupWorks(_store, State, new CaseStates(_databases), City, Channel, Clock);
        Run = new RollupRun(Engine, State, Clock);
        Retention = new StoreRetention(_store, State, new CaseTable(_databases, () => CaseHistories.Terms, Clock), Clock);
        Terms = new RetentionTerms(City, _catalog, [Channel.Slug]);
        var table = new CaseTable(_databases, () => CaseHistories.Terms, Clock);
        _cases = new CaseProjection(_ => ValueTask.FromResult(table), () => CaseHistories.Terms);
    }

    public City City { get; }

    public Channel Channel { get; }

    public FakeTimeProvider Clock { get; }

    public RollupState State { get; }

    public RollupInputs Inputs => _works.Inputs;

    public RollupEngine Engine => _works.Engine;

    public RollupJob Job => _works.Job;

    public RollupRun Run { get; }

    public StoreRetention Retention { get; }

    public RetentionTerms Terms { get; }

    public ViewReader Views => _works.Views;

    public IStore Store => _store;

    public RollupWorks Works => _works;

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

    /// <summary>The schema that is shipped.</summary>
    public static MeasurementCatalog ReadCatalog(City city)
    {
        var faults = new ConfigFaults();
        MeasurementCatalog catalog = MeasurementCompiler.Read("measurements.yaml", File.ReadAllText(RepositoryFolder.Find("ingest-configs/measurements.yaml")), city, faults)!;
        Assert.Empty(faults.All);
        return catalog;
    }

    /// <summary>The channel of a file.</summary>
    public static Channel Compile(string kpis, MeasurementCatalog catalog)
    {
        var faults = new ConfigFaults();
        Channel channel = new ChannelCompiler(catalog, faults).Compile(ConfigBinder.Bind<ChannelFile>("city.yaml", kpis, faults)!)!;
        Assert.Empty(faults.All);
        return channel;
    }

    /// <summary>The channel of a file.</summary>
    public Channel Compile(string kpis) => Compile(kpis, _catalog);

    /// <summary>Stores lines as the dispatcher does.</summary>
    public async Task StoreAsync(params string[] lines)
    {
        await _works.StoreAsync(lines);
        await _cases.ApplyAsync(Lines.Of(lines), Ct);
    }

    /// <summary>Has an appeal of district 140403 linked to an earlier one.</summary>
    public async Task LinkAsync(string measurement, DateTimeOffset at)
    {
        await using OperationalDb db = _databases.CreateDbContext();
        db.Appeals.Add(new AppealRow { Key = Guid.NewGuid(), Id = measurement + ":again", Measurement = measurement, Source = "grid", TimeNs = at.ToUnixNs(), District = "140403", Representative = Guid.NewGuid() });
        await db.SaveChangesAsync(Ct);
    }

    /// <summary>Stores lines of which the jobs do not hear.</summary>
    public Task StoreOnlyAsync(params string[] lines) => _works.StoreOnlyAsync(lines);

    /// <summary>Runs the jobs of all windows once.</summary>
    public Task<RollupCounts> RunAsync() => _works.RunAsync();

    /// <summary>Every view there is, without what tells when it was computed.</summary>
    public Task<SortedDictionary<string, string>> ViewsAsync(DateTimeOffset from, DateTimeOffset to) => _works.ViewsAsync(from, to);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
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
