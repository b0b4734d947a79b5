using System.Diagnostics;
using System.Text.Json;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace CityPerception.Storage.Dispatch;

/// <summary>Offers a batch to the store until its fate is known, however long that takes.</summary>
/// <remarks>
/// Outside in: wait and repeat; leave a store alone that fails all the time; give up on an attempt that takes too long.
/// Whatever an attempt throws is repeated, a bug of ours included: the batch is in the spool, where it is safe and seen
/// to be waiting, and nowhere else.
/// </remarks>
public sealed class StorePipeline
{
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(30);
    private const double FailureRatio = 0.5;
    private const int MinimumThroughput = 4;

    private readonly IStore _store;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline _retry, _guarded, _attempt;

    public StorePipeline(IStore store, DispatcherOptions options, TimeProvider clock, StorageMetrics metrics, ILogger<StorePipeline> logger)
    {
        (_store, _clock, _metrics, _logger) = (store, clock, metrics, logger);
        var steady = new SteadyClock(clock);
        _retry = new ResiliencePipelineBuilder { TimeProvider = steady }.AddRetry(RetryForEver(options)).Build();
        _guarded = new ResiliencePipelineBuilder { TimeProvider = steady }
            .AddRetry(RetryForEver(options))
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = MinimumThroughput,
                SamplingDuration = SamplingDuration,
                BreakDuration = options.BreakDuration,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null),
                OnOpened = args =>
                {
                    _logger.StoreLeftAlone(_store.Name, args.BreakDuration);
                    return default;
                },
                OnClosed = _ =>
                {
                    _logger.StoreBack(_store.Name);
                    return default;
                },
            })
            .Build();
        _attempt = new ResiliencePipelineBuilder { TimeProvider = steady }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.WriteTimeout })
            .Build();
    }

    /// <summary>So many lines make a good batch for the store.</summary>
    public int PreferredBatchLines => _store.PreferredBatchLines;

    /// <summary>Returns what became of the batch.</summary>
    /// <param name="batch">The lines.</param>
    /// <param name="stopping">No attempt is begun after this.</param>
    /// <param name="abort">The attempt under way ends with this.</param>
    /// <exception cref="OperationCanceledException">Stopped, or aborted: nothing is known about the batch.</exception>
    public async ValueTask<WriteResult> WriteAsync(LineBatch batch, CancellationToken stopping, CancellationToken abort)
    {
        try
        {
            return await _guarded.ExecuteAsync(
                static (state, _) => state.Pipeline.AttemptAsync(state.Batch, state.Abort), (Pipeline: this, Batch: batch, Abort: abort), stopping);
        }
        catch (Exception e) when (stopping.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw Stopped(e, stopping);
        }
    }

    /// <summary>Repeats something else, that must be done before the batch is, in the same manner.</summary>
    /// <exception cref="OperationCanceledException">Stopped before it was done.</exception>
    public async ValueTask RepeatAsync(Func<CancellationToken, ValueTask> action, CancellationToken stopping)
    {
        try
        {
            await _retry.ExecuteAsync(action, stopping);
        }
        catch (Exception e) when (stopping.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw Stopped(e, stopping);
        }
    }

    private async ValueTask<WriteResult> AttemptAsync(LineBatch batch, CancellationToken abort)
    {
        long began = _clock.GetTimestamp();
        string? error = null;
        try
        {
            return await _attempt.ExecuteAsync(
                static async (state, token) => await state.Store.WriteAsync(state.Batch, token), (Store: _store, Batch: batch), abort);
        }
        catch (Exception e)
        {
            error = ErrorType(e);
            throw;
        }
        finally
        {
            _metrics.Attempted(_clock.GetElapsedTime(began).TotalSeconds, error);
        }
    }

    private RetryStrategyOptions RetryForEver(DispatcherOptions options) => new()
    {
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        MaxDelay = options.MaxRetryDelay,
        ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null && !args.Context.CancellationToken.IsCancellationRequested),
        DelayGenerator = args => ValueTask.FromResult(args.Outcome.Exception switch
        {
            StoreUnavailableException { RetryAfter: { } asked } => asked,
            // While another call tries the store nothing is left of the break, and to come back at once would be to spin.
            BrokenCircuitException { RetryAfter: { } left } when left > options.RetryDelay => left,
            _ => (TimeSpan?)null,
        }),
        OnRetry = args =>
        {
            Exception reason = args.Outcome.Exception ?? throw new UnreachableException();
            _metrics.Retried(ErrorType(reason));
            if (reason is not BrokenCircuitException) _logger.Retrying(_store.Name, args.AttemptNumber + 1, args.RetryDelay, reason.Message, IsExpected(reason) ? null : reason);
            return default;
        },
    };

    private static OperationCanceledException Stopped(Exception last, CancellationToken stopping) =>
        new("Stopped; the last attempt failed and the next start repeats it.", last, stopping);

    private static bool IsExpected(Exception e) => e is StoreUnavailableException or TimeoutRejectedException;

    private static string ErrorType(Exception e) => e switch
    {
        StoreUnavailableException => "store_unavailable",
        TimeoutRejectedException => "timeout",
        BrokenCircuitException => "left_alone",
        _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(e.GetType().Name),
    };
}
