using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using CityPerception.Core.Channels;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>What computes the views of one channel, over any store and any memory of what is done.</summary>
internal sealed class RollupWorks
{
    private static readonly ViewWindow[] Windows = [ViewWindow.Minute, ViewWindow.Hour, ViewWindow.Day];

    private static readonly StorageMetrics Metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly DirtyWindows _dirty;

    public RollupWorks(IStore store, IRollupState state, ICaseStates cases, City city, Channel channel, FakeTimeProvider clock)
    {
        (Store, City, Channel, Clock) = (store, city, channel, clock);
        var pipeline = new StorePipeline(store, new DispatcherOptions(), TimeProvider.System, Metrics, NullLogger<StorePipeline>.Instance);
        Inputs = new RollupInputs(store, cases);
        Engine = new RollupEngine(store, Inputs, pipeline, clock);
        Job = new RollupJob(Engine, state, clock);
        Views = new ViewReader(store);
        var channels = new[] { channel }.ToFrozenDictionary(static c => c.Slug);
        _dirty = new DirtyWindows(() => channels, state, clock);
    }

    public IStore Store { get; }

    public City City { get; }

    public Channel Channel { get; }

    public FakeTimeProvider Clock { get; }

    public RollupInputs Inputs { get; }

    public RollupEngine Engine { get; }

    public RollupJob Job { get; }

    public ViewReader Views { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Stores lines as the dispatcher does.</summary>
    public async Task StoreAsync(params string[] lines)
    {
        await StoreOnlyAsync(lines);
        await _dirty.ApplyAsync(Lines.Of(lines), Ct);
    }

    /// <summary>Stores lines of which the jobs do not hear.</summary>
    public async Task StoreOnlyAsync(params string[] lines) => Assert.Empty((await Store.WriteAsync(Lines.Of(lines), Ct)).Refused);

    /// <summary>Runs the jobs of all windows once.</summary>
    public async Task<RollupCounts> RunAsync()
    {
        RollupCounts counts = default;
        foreach (ViewWindow window in Windows) counts += await Job.RunAsync(Channel, window, City, Ct);
        return counts;
    }

    /// <summary>Computes all windows that a range touches, at once.</summary>
    public async Task ComputeAsync(DateTimeOffset from, DateTimeOffset to)
    {
        foreach (ViewWindow window in Windows) await Engine.ComputeAsync(Channel, window, (ViewWindows.StartOf(window, from, City.Zone), to), City, null, Ct);
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
}
