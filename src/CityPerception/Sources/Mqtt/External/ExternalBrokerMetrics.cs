using System.Diagnostics.Metrics;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>The instruments of the connections to a broker. Messages are counted with their sources.</summary>
internal sealed class ExternalBrokerMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _lost, _sessionsLost;

    public ExternalBrokerMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("CityPerception.ExternalBroker");
        _lost = _meter.CreateCounter<long>("cityperception.broker.connections.lost", "{connection}", "Connections to the external MQTT broker that were lost.");
        _sessionsLost = _meter.CreateCounter<long>("cityperception.broker.sessions.lost", "{session}", "Sessions that the external MQTT broker no longer had, with what it had queued.");
    }

    /// <summary>Shows how it stands whenever somebody looks.</summary>
    public void Observe(BrokerState state)
    {
        _meter.CreateObservableUpDownCounter("cityperception.broker.connections", () => state.Connected, "{connection}", "Connections to the external MQTT broker.");
        _meter.CreateObservableUpDownCounter("cityperception.broker.subscriptions.refused", () => state.Refused, "{subscription}", "Topic filters that the external MQTT broker refuses.");
    }

    public void ConnectionLost() => _lost.Add(1);

    public void SessionLost() => _sessionsLost.Add(1);
}
