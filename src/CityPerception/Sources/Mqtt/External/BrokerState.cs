using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>How it stands with the connections to the broker, for readiness, metrics and the log: one line at the loss, one at the return. Thread-safe.</summary>
internal sealed class BrokerState(ExternalBrokerMetrics metrics, ILogger<BrokerState> logger)
{
    // So many different reasons of one outage are told; a broker that changes its mind at every attempt would fill the log.
    private const int MaxReasons = 5;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = [];
    private readonly SortedDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private Link[] _links = [];
    private string _broker = "";
    private string? _reason;

    private enum Link
    {
        Away,
        Connected,

        /// <summary>The broker has no shared subscriptions: the first connection has everything.</summary>
        NotNeeded,
    }

    /// <summary>How many connections there are now.</summary>
    public int Connected
    {
        get { lock (_gate) return _links.Count(l => l is Link.Connected); }
    }

    /// <summary>How many topic filters the broker refuses.</summary>
    public int Refused
    {
        get { lock (_gate) return _refused.Count; }
    }

    /// <summary>Call it once, before any other.</summary>
    public void Begin(string broker, int connections)
    {
        lock (_gate) (_broker, _links) = (broker, new Link[connections]);
        metrics.Observe(this);
    }

    /// <summary>A connection is subscribed to what the broker grants.</summary>
    public void IsConnected(int number, int topics, string version)
    {
        lock (_gate)
        {
            bool isNew = _links[number] is not Link.Connected;
            _links[number] = Link.Connected;
            if (!isNew || _links.Contains(Link.Away)) return;
            _told.Clear();
            _reason = null;
            logger.Connected(_broker, _links.Count(l => l is Link.Connected), topics, version);
        }
    }

    /// <summary>The broker has no use for more than one connection.</summary>
    public void IsNotNeeded(int number)
    {
        lock (_gate) _links[number] = Link.NotNeeded;
    }

    /// <summary>A connection is lost, or could not be had.</summary>
    public void IsAway(int number, string reason)
    {
        lock (_gate)
        {
            if (_links[number] is Link.Connected) metrics.ConnectionLost();
            _links[number] = Link.Away;
            _reason = reason;
            if (_told.Count < MaxReasons && _told.Add(reason)) logger.Away(_broker, reason);
        }
    }

    /// <summary>The broker no longer had a session that it should have had.</summary>
    public void SessionLost(string clientId)
    {
        metrics.SessionLost();
        logger.SessionLost(_broker, clientId);
    }

    /// <summary>The broker has no shared subscriptions.</summary>
    public void CannotShare(string why) => logger.OneConnection(_broker, why, _links.Length);

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

    /// <summary>No others are asked for any more.</summary>
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
            if (_links.Length == 0) return HealthCheckResult.Healthy("none is set");
            int connected = _links.Count(l => l is Link.Connected), wanted = _links.Count(l => l is not Link.NotNeeded);
            if (connected < wanted) return HealthCheckResult.Degraded($"{connected} of {wanted} connections to {_broker}; {_reason ?? "connecting"}");
            return _refused.Count == 0
                ? HealthCheckResult.Healthy($"{connected} connections to {_broker}")
                : HealthCheckResult.Degraded($"{_broker} refuses subscriptions: {string.Join(", ", _refused.Select(r => $"{r.Key}: {r.Value}"))}");
        }
    }
}
