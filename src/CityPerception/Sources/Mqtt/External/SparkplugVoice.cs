using CityPerception.Sources.Mqtt.Sparkplug;
using MQTTnet;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>
/// What is said to Sparkplug nodes at a broker of others, by the first of the connections alone: commands, and the STATE of
/// this server, whose end the broker tells if we go without a word.
/// </summary>
internal sealed class SparkplugVoice(SparkplugSender sender, SparkplugHost host)
{
    /// <summary>A connection is about to be made.</summary>
    public Turn Begin(int number) => new(this, number == 0, host.Now);

    private SparkplugSender Sender => sender;

    private SparkplugHost Host => host;

    /// <summary>One connection's part in it, from its beginning to its end.</summary>
    internal sealed class Turn(SparkplugVoice voice, bool speaks, long beganMs) : IAsyncDisposable
    {
        private ExternalClient? _client;
        private IDisposable? _commands;

        /// <summary>What the broker is to publish if we go without a word; null for nothing.</summary>
        public MqttApplicationMessage? Will => speaks ? voice.Host.Message(isOnline: false, beganMs) : null;

        /// <summary>The connection is there.</summary>
        public Turn With(ExternalClient client)
        {
            _client = client;
            return this;
        }

        /// <summary>Says, once, that this server takes messages; from then on commands go this way.</summary>
        public async Task SayOnlineAsync(CancellationToken cancellationToken)
        {
            if (!speaks || _commands is not null) return;
            _commands = voice.Sender.Add((message, token) => _client!.RequestAsync(limited => _client.Client.PublishAsync(message, limited), token));
            if (voice.Host.Message(isOnline: true, beganMs) is { } online) await PublishAsync(online, cancellationToken);
        }

        /// <summary>Takes leave, if there is still somebody to hear it.</summary>
        public async ValueTask DisposeAsync()
        {
            if (_commands is null) return;
            _commands.Dispose();
            if (_client is not { Client.IsConnected: true } || voice.Host.Message(isOnline: false, voice.Host.Now) is not { } offline) return;
            try
            {
                await PublishAsync(offline, CancellationToken.None);
            }
            catch (Exception e) when (ConnectionFault.IsExpected(e))
            {
                // It is gone: the broker has our will.
            }
        }

        private Task PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken) =>
            _client!.RequestAsync(token => _client.Client.PublishAsync(message, token), cancellationToken);
    }
}
