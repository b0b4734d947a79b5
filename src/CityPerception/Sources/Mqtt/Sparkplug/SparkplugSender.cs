using System.Collections.Immutable;
using System.Threading.Channels;
using CityPerception.Sources.Mqtt.External;
using MQTTnet;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>
/// Sends commands to edge nodes, by every broker that there is: where a node is not, nobody subscribes to its commands.
/// A command that cannot be sent is dropped: the node's next message makes the next one.
/// </summary>
internal sealed class SparkplugSender(ILogger<SparkplugSender> logger) : BackgroundService
{
    // More nodes at a time than that do not start anew; those that are left over are asked by their next message.
    private const int MaxWaiting = 10_000;

    private readonly Channel<MqttApplicationMessage> _waiting =
        Channel.CreateBounded<MqttApplicationMessage>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ImmutableList<Func<MqttApplicationMessage, CancellationToken, Task>> _brokers = [];

    /// <summary>Adds a broker to send by, until what is returned is disposed of.</summary>
    public IDisposable Add(Func<MqttApplicationMessage, CancellationToken, Task> publish)
    {
        ImmutableInterlocked.Update(ref _brokers, all => all.Add(publish));
        return new Removal(() => ImmutableInterlocked.Update(ref _brokers, all => all.Remove(publish)));
    }

    /// <summary>Sends a command: QoS 0, not retained (Sparkplug 3.0, 6.4.23).</summary>
    public void Send(string topic, byte[] payload) => _waiting.Writer.TryWrite(new MqttApplicationMessageBuilder()
        .WithTopic(topic)
        .WithPayload(payload)
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtMostOnce)
        .Build());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (MqttApplicationMessage message in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            foreach (Func<MqttApplicationMessage, CancellationToken, Task> publish in _brokers) await PublishAsync(publish, message, stoppingToken);
        }
    }

    private async Task PublishAsync(Func<MqttApplicationMessage, CancellationToken, Task> publish, MqttApplicationMessage message, CancellationToken stopping)
    {
        try
        {
            await publish(message, stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && (ConnectionFault.IsExpected(e) || e is InvalidOperationException)) // the last: a broker that is not running
        {
            logger.NotPublished(message.Topic, e.Message);
        }
    }

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
