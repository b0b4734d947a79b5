using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using CityPerception.Hosting;
using CityPerception.Observability;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// How many messages a second devices may send by MQTT: a token bucket a device, which all of its connections share, and
/// which outlives them for as long as it takes to fill. A device that sends more is not read until it may send again.
/// </summary>
internal sealed class DeviceRates : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly PartitionedRateLimiter<string>? _limiter;
    private readonly ConcurrentDictionary<SendingRate, DateTimeOffset> _paused = [];
    private readonly TimeProvider _clock;
    private readonly Counter<long> _pauses;

    public DeviceRates(IOptions<SecurityOptions> options, IMeterFactory factory, TimeProvider clock)
    {
        _clock = clock;
        Meter meter = factory.Create(IngestMetrics.MeterName);
        _pauses = meter.CreateCounter<long>("cityperception.mqtt.rate.pauses", "{pause}", "Times that a connection was not read because its device had sent more than Security:DeviceRate.");
        meter.CreateObservableUpDownCounter("cityperception.mqtt.rate.paused", () => _paused.Count, "{connection}", "Connections that are not read now because of Security:DeviceRate.");
        if (options.Value is not { DeviceRate: > 0 and int rate } security) return;
        TokenBucketRateLimiterOptions bucket = Bucket(rate, security.DeviceBurst > 0 ? security.DeviceBurst : rate);
        // Made once: RateLimitPartition.GetTokenBucketLimiter would allocate with every message.
        Func<string, RateLimiter> make = _ => new TokenBucketRateLimiter(bucket);
        _limiter = PartitionedRateLimiter.Create<string, string>(device => RateLimitPartition.Get(device, make), StringComparer.Ordinal);
    }

    /// <summary>Since when a device is not read; null while it is.</summary>
    public DateTimeOffset? PausedSince(string device) => _paused.Where(p => p.Key.Device == device).Select(p => (DateTimeOffset?)p.Value).Min();

    public void Dispose() => _limiter?.Dispose();

    /// <summary>Whether one more message of a device may be taken now.</summary>
    public bool TryTake(string device)
    {
        if (_limiter is null) return true;
        using RateLimitLease lease = _limiter.AttemptAcquire(device);
        return lease.IsAcquired;
    }

    /// <summary>Waits until one more may be taken.</summary>
    public async ValueTask TakeAsync(SendingRate connection, CancellationToken cancellationToken)
    {
        _pauses.Add(1);
        _paused.TryAdd(connection, _clock.GetUtcNow());
        try
        {
            using RateLimitLease lease = await _limiter!.AcquireAsync(connection.Device, cancellationToken: cancellationToken);
        }
        finally
        {
            _paused.TryRemove(connection, out _);
        }
    }

    // Whole tokens in whole steps: ten steps a second, or as many as there are tokens where these are fewer.
    private static TokenBucketRateLimiterOptions Bucket(int rate, int burst)
    {
        int tokens = Math.Max(1, (int)(rate * Step.TotalSeconds));
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / rate),
            AutoReplenishment = false, // by one timer for all of them
            QueueLimit = int.MaxValue, // a connection waits for one message at most
        };
    }
}
