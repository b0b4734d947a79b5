using System.Threading.RateLimiting;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.Dispatch;

/// <summary>
/// Holds back batches of the past: while live data wait for the store, and beyond a rate. Live data then wait for no more
/// than the one batch that had begun.
/// </summary>
public sealed class BackfillPace : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    // What is being gathered and written of live data when all is well, in batches: no reason to stand back.
    private const int BatchesUnderWay = 2;

    private readonly SpoolMeter _live;
    private readonly BackfillOptions _options;
    private readonly TimeProvider _clock;
    private readonly long _behind;
    private readonly int _share; // of the rate, about a tenth of a second's
    private readonly TokenBucketRateLimiter? _rate;

    /// <param name="live">The lines of live data.</param>
    /// <param name="batchLines">How many lines a batch of theirs has.</param>
    /// <param name="options">How long to stand back, and the rate.</param>
    /// <param name="clock">Measures the wait.</param>
    public BackfillPace(SpoolMeter live, int batchLines, BackfillOptions options, TimeProvider clock)
    {
        (_live, _options, _clock) = (live, options, clock);
        _behind = (long)batchLines * BatchesUnderWay;
        _share = Math.Max(1, options.MaxLinesPerSecond / 10);
        if (options.MaxLinesPerSecond == 0) return;
        _rate = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)_share / options.MaxLinesPerSecond),
            TokensPerPeriod = _share,
            TokenLimit = _share,
            QueueLimit = int.MaxValue,
        });
    }

    /// <summary>Completes when a batch of so many lines may go.</summary>
    public async ValueTask WaitAsync(int lines, CancellationToken cancellationToken)
    {
        for (int left = lines; _rate is not null && left > 0;)
        {
            int share = Math.Min(left, _share);
            using RateLimitLease lease = await _rate.AcquireAsync(share, cancellationToken);
            left -= share;
        }

        long began = _clock.GetTimestamp();
        while (_live.LinesWaiting > _behind && _clock.GetElapsedTime(began) < _options.MaxStandBack) await Task.Delay(Look, _clock, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rate is not null) await _rate.DisposeAsync();
    }
}
