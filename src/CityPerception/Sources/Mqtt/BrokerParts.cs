using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Sources.Mqtt.Lane;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt;

/// <summary>What all connections of the broker have in common.</summary>
internal sealed record BrokerParts(
    MqttIngest Ingest,
    Intake Intake,
    TopicRoutes Routes,
    CurrentPlan Plan,
    Subscriptions Subscriptions,
    LaneWorks Works,
    InFlightTotal InFlight,
    AzureParts Azure,
    DeviceGate Gate,
    DeviceRates Rates,
    IOptions<MqttOptions> Options,
    TimeProvider Clock,
    ILogger<BrokerChannel> Logger);
