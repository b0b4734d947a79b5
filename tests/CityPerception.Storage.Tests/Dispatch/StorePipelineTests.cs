using System.Diagnostics.Metrics;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.Storage.Dispatch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Dispatch;

public sealed class StorePipelineTests : IDisposable
{
    private const int Far = 1000;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private long _leftAlone;

    public StorePipelineTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "cityperception.dispatch.retries" && ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            // One that spins would never give its thread back.
            if (tags.ToArray().Any(t => t.Value is "left_alone") && Interlocked.Increment(ref _leftAlone) == Far) _stop.Cancel();
        });
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Write_AnotherCallTriesTheStoreAgain_ComesBackAFewTimesOnly()
    {
        using var metrics = new StorageMetrics(_services.GetRequiredService<IMeterFactory>());
        var options = new DispatcherOptions();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new MemoryStore { Before = (_, _, _) => Volatile.Read(ref _leftAlone) == 0 ? throw new StoreUnavailableException("memory", "down") : answer.Task };
        var pipeline = new StorePipeline(store, options, _clock, metrics, NullLogger<StorePipeline>.Instance);
        Task[] calls = [.. Enumerable.Range(0, 2).Select(_ => pipeline.WriteAsync(new LineBatch(default, 0), _stop.Token, CancellationToken.None).AsTask())];

        int failed = 0;
        await DispatchRig.UntilAsync(() =>
        {
            // The circuit has opened; the next attempt after it is the one that is not answered yet.
            if (Volatile.Read(ref _leftAlone) == 0) failed = store.Attempts;
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return store.Attempts > failed && failed > 0 && Volatile.Read(ref _leftAlone) > 0;
        });
        for (int i = 0; i < 100; i++)
        {
            _clock.Advance(options.WriteTimeout / 300);
            await Task.Yield();
        }

        Assert.InRange(Volatile.Read(ref _leftAlone), 1, 60); // ten seconds, at most four times a second
        answer.SetResult();
        await DispatchRig.UntilAsync(() =>
        {
            _clock.Advance(options.MaxRetryDelay);
            return calls.All(c => c.IsCompleted);
        });
        Assert.All(calls, c => Assert.True(c.IsCompletedSuccessfully));
    }
}
