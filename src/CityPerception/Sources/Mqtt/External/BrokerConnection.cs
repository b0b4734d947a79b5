using System.Threading.Channels;
using CityPerception.Storage.Spooling;
using MQTTnet;
using MQTTnet.Formatter;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>One connection to the broker and its session: connects, subscribes, follows changes of the topics, and says how it ended.</summary>
internal sealed class BrokerConnection(int number, string clientId, ClientFactory clients, SessionTopics topics, TopicShares shares, SparkplugVoice voice, BrokerState state, Spool spool, TimeProvider clock)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The topics may have changed, or who takes them.</summary>
    public void OnChange() => _changed.Writer.TryWrite(true);

    /// <summary>Connects and stays connected for as long as it goes. Returns why it could not, or why it ended so soon; null after it had lasted.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async ValueTask<string?> RunAsync(CancellationToken stopping)
    {
        long began = clock.GetTimestamp();
        string fault;
        try
        {
            fault = spool.Failure?.Message ?? await ConnectAsync(stopping);
        }
        catch (Exception e) when (ConnectionFault.IsExpected(e))
        {
            stopping.ThrowIfCancellationRequested();
            fault = ConnectionFault.Describe(e);
        }

        // Two workers under one name would take turns at full speed: that is no success.
        bool hasLasted = clock.GetElapsedTime(began) >= BrokerState.LastedLong;
        state.IsAway(number, fault, hasLasted);
        return hasLasted ? null : fault;
    }

    private async Task<string> ConnectAsync(CancellationToken stopping)
    {
        SparkplugVoice.Turn turn = voice.Begin(number);
        (ExternalClient client, MqttClientConnectResult answer) = await clients.ConnectAsync(startsAnew: false, turn.Will, stopping);
        await using (client)
        {
            if (answer.ResultCode is not MqttClientConnectResultCode.Success) return ConnectionFault.Describe(answer.ResultCode, answer.ReasonString);
            bool isV5 = client.Client.Options.ProtocolVersion is MqttProtocolVersion.V500, canShare = isV5 && answer.SharedSubscriptionAvailable;
            if (shares.IsShared && !canShare) state.CannotShare(isV5 ? "it says so" : "it speaks MQTT 3.1.1");
            if (!answer.IsSessionPresent && topics.HasEarlier) state.SessionLost(clientId);
            topics.Begin();
            Task<bool>? changed = null;
            await using SparkplugVoice.Turn speaking = turn.With(client);
            while (true)
            {
                _changed.Reader.TryRead(out _); // before the topics are asked for: a change after this comes round once more
                await client.RequestAsync(token => topics.UpdateAsync(client.Client, shares.Of(number, canShare), token), stopping);
                await speaking.SayOnlineAsync(stopping); // after subscribing: whoever waits for this begins to send
                state.IsConnected(number, isV5 ? "5.0" : "3.1.1");
                try
                {
                    changed = changed is { IsCompleted: false } ? changed : _changed.Reader.WaitToReadAsync(stopping).AsTask();
                    Task first = await Task.WhenAny(client.Lost, changed).WaitAsync(topics.HasRefused ? AskAgainAfter : Timeout.InfiniteTimeSpan, clock, stopping);
                    if (first == client.Lost) return ConnectionFault.Describe(await client.Lost, clientId);
                }
                catch (TimeoutException)
                {
                    // Whoever keeps the broker may have allowed by now what was refused.
                }
            }
        }
    }
}
