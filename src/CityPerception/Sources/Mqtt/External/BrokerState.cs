using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>How it stands with the connections to the broker, for readiness, metrics and the log: one line at the loss, one at the return. Thread-safe.</summary>
internal sealed class BrokerState(ExternalBrokerMetrics metrics, ILogger<BrokerState> logger)
{
    /// <summary>A connection that ended sooner belongs to the outage from before.</summary>
    public static readonly TimeSpan LastedLong = TimeSpan.FromSeconds(10);

    // So many different reasons of one outage are told; a broker that changes its mind at every attempt would fill the log.
    private const int MaxReasons = 5;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = [];
    private readonly SortedDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private bool[] _connected = [];
    private string _broker = "";
    private string? _reason, _cannotShare;
    private bool _isReturnTold = true;

    /// <summary>How many connections there are now.</summary>
    public int Connected
    {
        get { lock (_gate) return _connected.Count(c => c); }
    }

    /// <summary>How many topic filters the broker refuses.</summary>
    public int Refused
    {
        get { lock (_gate) return _refused.Count; }
    }

    /// <summary>Call it once, before any other.</summary>
    public void Begin(string broker, int connections)
    {
        lock (_gate) (_broker, _connected, _isReturnTold) = (broker, new bool[connections], false);
        metrics.Observe(this);
    }

    /// <summary>A connection is subscribed to what the broker grants.</summary>
    public void IsConnected(int number, string version)
    {
        lock (_gate)
        {
            _connected[number] = true;
            if (_isReturnTold || _connected.Contains(false)) return;
            _isReturnTold = true;
            _reason = null;
            logger.Connected(_broker, _connected.Length, version);
        }
    }

    /// <summary>A connection is lost, or could not be had.</summary>
    public void IsAway(int number, string reason, bool hadLasted)
    {
        lock (_gate)
        {
            if (_connected[number]) metrics.ConnectionLost();
            _connected[number] = false;
            _reason = reason;
            if (hadLasted) _told.Clear();
            if (_told.Count >= MaxReasons || !_told.Add(reason)) return;
            logger.Away(_broker, reason);
            _isReturnTold = false;
        }
    }

    /// <summary>The broker no longer had a session that it should have had.</summary>
    public void SessionLost(string clientId)
    {
        metrics.SessionLost();
        logger.SessionLost(_broker, clientId);
    }

    /// <summary>The broker has no shared subscriptions, which the settings ask for.</summary>
    public void CannotShare(string why)
    {
        lock (_gate)
        {
            if (_cannotShare == why) return;
            _cannotShare = why;
            logger.CannotShare(_broker, why);
        }
    }

    /// <summary>What the broker answered for a topic filter; null for granted.</summary>
    public void Answered(string filter, string? refusal)
    {
        lock (_gate)
        {
            if (refusal is null)
            {
                if (_refused.Remove(filter)) logger.GrantedAfterAll(_broker, filter);
            }
            else if (!_refused.TryGetValue(filter, out string? before) || before != refusal)
            {
                _refused[filter] = refusal;
                logger.SubscriptionRefused(_broker, filter, refusal);
            }
        }
    }

    /// <summary>No other filters are asked for any more.</summary>
    public void Wanted(ICollection<string> filters)
    {
        lock (_gate)
        {
            foreach (string gone in _refused.Keys.Except(filters).ToArray()) _refused.Remove(gone);
        }
    }

    public HealthCheckResult Check()
    {
        lock (_gate)
        {
            if (_connected.Length == 0) return HealthCheckResult.Healthy("none is set");
            int connected = _connected.Count(c => c);
            if (connected < _connected.Length) return HealthCheckResult.Degraded($"{connected} of {_connected.Length} connections to {_broker}; {_reason ?? "connecting"}");
            return _refused.Count == 0
                ? HealthCheckResult.Healthy($"{connected} connections to {_broker}")
                : HealthCheckResult.Degraded($"{_broker} refuses subscriptions: {string.Join(", ", _refused.Select(r => $"{r.Key}: {r.Value}"))}");
        }
    }
}
