using System.Diagnostics;
using System.Text;
using CityPerception.Core.Queries;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Spooling;
using CityPerception.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Tests.Dispatch;

/// <summary>The past on its way to the store, beside live data.</summary>
public sealed class BackfillTests : IAsyncDisposable
{
    private readonly TempFolder _directory = new();
    private readonly MemoryStore _store = new();
    private readonly TaskCompletionSource _liveMayGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IHost? _host;

    public BackfillTests() => _store.Before = (_, text, token) => text.StartsWith("live", StringComparison.Ordinal) ? _liveMayGo.Task.WaitAsync(token) : Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _liveMayGo.TrySetResult();
        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task Run_LiveDataWait_ThePastStandsBackUntilTheyHaveGone()
    {
        var clock = new LookingClock();
        await StartAsync(clock, ("Backfill:MaxStandBack", "00:10:00"));
        await AppendAsync(null, "live", 14_000);
        await AppendAsync(BackfillOptions.Name, "past", 100);
        await clock.Looked.WaitAsync(Ct); // the past has seen that it has to wait
        _liveMayGo.SetResult();
        await DispatchRig.UntilAsync(() => _store.Lines.Count == 14_100);
        // What two batches hold may be under way together with the past.
        Assert.InRange(_store.Lines.ToList().FindIndex(l => l.StartsWith("past", StringComparison.Ordinal)), 14_000 - 2 * _store.PreferredBatchLines, 14_000);
    }

    [Fact]
    public async Task Run_LiveDataWaitForEver_ThePastGetsOn()
    {
        await StartAsync(TimeProvider.System, ("Backfill:MaxStandBack", "00:00:00.050"));
        await AppendAsync(null, "live", 14_000);
        await AppendAsync(BackfillOptions.Name, "past", 12_000);
        await DispatchRig.UntilAsync(() => _store.Lines.Count == 12_000);
        Assert.All(_store.Lines, l => Assert.StartsWith("past", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WithARate_StoresEverythingAndNoFaster()
    {
        await StartAsync(TimeProvider.System, ("Backfill:MaxLinesPerSecond", "4000"));
        long began = Stopwatch.GetTimestamp();
        await AppendAsync(BackfillOptions.Name, "past", 6_000);
        await DispatchRig.UntilAsync(() => _store.Lines.Count == 6_000);
        // A tenth of a second's lines may go at once; however slow the machine, the rest cannot have come sooner.
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds((6_000 - 400) / 4_000.0 - 0.1));
    }

    [Fact]
    public async Task Run_AfterARestart_StoresWhatWaited()
    {
        await StartAsync(TimeProvider.System, ("Backfill:MaxStandBack", "00:10:00"));
        await AppendAsync(null, "live", 14_000);
        await AppendAsync(BackfillOptions.Name, "past", 100);
        await _host!.StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
        _liveMayGo.SetResult();
        await StartAsync(TimeProvider.System);
        await DispatchRig.UntilAsync(() => _store.Lines.Distinct().Count() == 14_100);
    }

    private async Task StartAsync(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Services.AddSingleton(clock).AddSingleton<IStore>(_store).AddMetrics().AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        builder.Services
            .AddSpool(Path.Combine(_directory.Path, "spool"))
            .AddBackfillSpool(Path.Combine(_directory.Path, "backfill"))
            .AddDeadLetters(Path.Combine(_directory.Path, "dead-letters"))
            .AddDispatcher()
            .AddBackfillDispatcher();
        _host = builder.Build();
        await _host.StartAsync(Ct);
    }

    private async Task AppendAsync(string? key, string measurement, int count)
    {
        Spool spool = key is null ? _host!.Services.GetRequiredService<Spool>() : _host!.Services.GetRequiredKeyedService<Spool>(key);
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => $"{measurement},device=d{i % 10} n={i}i {i}\n")));
        Assert.True(spool.TryAppend(lines, count, 1, out long receipt));
        await spool.WaitDurableAsync(receipt, Ct);
    }

    /// <summary>Tells when the pace of the past has begun to look whether live data are gone.</summary>
    private sealed class LookingClock : TimeProvider
    {
        private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Looked => _looked.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.FromMilliseconds(10)) _looked.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
