using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Lane;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Implementations;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>What every channel works with.</summary>
internal sealed class ChannelParts(MqttIngest ingest, Intake intake, TopicRoutes routes, CurrentPlan plan, LaneWorks works, InFlightTotal inFlight, IOptions<MqttOptions> limits, TimeProvider clock)
{
    public MqttOptions Limits => limits.Value;

    /// <summary>A channel that is not connected yet.</summary>
    public ExternalChannel Create(MqttClientOptions options)
    {
        // Nobody subscribes through us: every message is for the sources.
        var topics = new LaneTopics(routes, plan, new Subscriptions(), static _ => true);
        return new ExternalChannel(new MqttTcpChannel(options), options.ProtocolVersion, ingest, intake, topics, works, new InFlightWindow(Limits, inFlight), Limits.MaxPacketBytes, clock);
    }
}
