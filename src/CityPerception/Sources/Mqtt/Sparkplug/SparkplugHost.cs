using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>The STATE of this server as a host application (Sparkplug 3.0, 6.4.26): nodes that wait for it send when it is online.</summary>
internal sealed class SparkplugHost(IOptions<SparkplugOptions> options, TimeProvider clock)
{
    /// <summary>Its topic; null where none is published.</summary>
    public string? Topic { get; } = options.Value.FindStateTopic();

    /// <summary>The time of a STATE, in ms since 1970: that of a will is the same as that of the birth it belongs to.</summary>
    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What the STATE says.</summary>
    public static string Text(bool isOnline, long ms) => new JsonObject { ["online"] = isOnline, ["timestamp"] = ms }.ToJsonString();

    /// <summary>The message, retained; null where none is published.</summary>
    public MqttApplicationMessage? Message(bool isOnline, long ms) => Topic is null ? null : new MqttApplicationMessageBuilder()
        .WithTopic(Topic)
        .WithPayload(Text(isOnline, ms))
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .WithRetainFlag()
        .Build();
}
