using System.Collections.Immutable;
using System.Threading.Channels;
using CityPerception.Configuration;
using CityPerception.Storage.Spooling;
using MQTTnet;
using MQTTnet.Formatter;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>One connection to the broker and its session: connects, subscribes, follows changes of the topics, and says how it ended.</summary>
/// <param name="number">0 for the one that takes everything from a broker that cannot share.</param>
/// <param name="clientId">Of its session.</param>
/// <param name="group">Whom it shares the messages with.</param>
internal sealed class BrokerConnection(
    int number, string clientId, string group, ClientFactory clients, SessionTopics topics, BrokerState state, Spool spool, CurrentPlan plan, TimeProvider clock)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    /// <summary>A connection that lasted shorter is a failed attempt: two workers under one name would take turns at full speed.</summary>
    private static readonly TimeSpan LastedLong = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _hasSaidAlone;

    /// <summary>The topics may have changed.</summary>
    public void OnChange() => _changed.Writer.TryWrite(true);

    /// <summary>Connects and stays connected for as long as it goes. Returns why it could not, or why it ended so soon; null after it had lasted.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async ValueTask<string?> RunAsync(CancellationToken stopping)
    {
        long began = clock.GetTimestamp();
        string? fault;
        try
        {
            fault = spool.Failure?.Message ?? await ConnectAsync(stopping);
        }
        catch (Exception e) when (ConnectionFault.IsExpected(e))
        {
            stopping.ThrowIfCancellationRequested();
            fault = ConnectionFault.Describe(e);
        }

        if (fault is null) return null;
        state.IsAway(number, fault);
        return clock.GetElapsedTime(began) < LastedLong ? fault : null;
    }

    private async Task<string?> ConnectAsync(CancellationToken stopping)
    {
        (ExternalClient client, MqttClientConnectResult answer) = await clients.ConnectAsync(startsAnew: false, stopping);
        await using (client)
        {
            if (answer.ResultCode is not MqttClientConnectResultCode.Success) return ConnectionFault.Describe(answer.ResultCode, answer.ReasonString);
            bool isV5 = client.Client.Options.ProtocolVersion is MqttProtocolVersion.V500;
            if (isV5 && answer.SharedSubscriptionAvailable) return await StayAsync(client, answer, group, stopping);
            return await StayAloneAsync(client, answer, isV5 ? "it says so" : "it speaks MQTT 3.1.1", stopping);
        }
    }

    private async Task<string?> StayAloneAsync(ExternalClient client, MqttClientConnectResult answer, string why, CancellationToken stopping)
    {
        if (number == 0)
        {
            if (!_hasSaidAlone) state.CannotShare(why);
            _hasSaidAlone = true;
            return await StayAsync(client, answer, sharedWith: null, stopping);
        }

        state.IsNotNeeded(number);
        await client.DisconnectAsync();
        await Task.Delay(AskAgainAfter, clock, stopping); // it may have become another broker by then
        return null;
    }

    private async Task<string?> StayAsync(ExternalClient client, MqttClientConnectResult answer, string? sharedWith, CancellationToken stopping)
    {
        if (!answer.IsSessionPresent && topics.HasEarlier) state.SessionLost(clientId);
        topics.Begin();
        Task<bool>? changed = null;
        while (true)
        {
            _changed.Reader.TryRead(out _); // before the topics are asked for: a change after this comes round once more
            ImmutableArray<string> wanted = [.. plan.Plan.TopicFilters.Select(t => t.Filter).Distinct()];
            await client.RequestAsync(token => topics.UpdateAsync(client.Client, wanted, sharedWith, token), stopping);
            state.IsConnected(number, wanted.Length, client.Client.Options.ProtocolVersion is MqttProtocolVersion.V500 ? "5.0" : "3.1.1");

            try
            {
                changed = changed is { IsCompleted: false } ? changed : _changed.Reader.WaitToReadAsync(stopping).AsTask();
                Task first = await Task.WhenAny(client.Lost, changed).WaitAsync(topics.HasRefused ? AskAgainAfter : Timeout.InfiniteTimeSpan, clock, stopping);
                if (first == client.Lost) return ConnectionFault.Describe(await client.Lost);
            }
            catch (TimeoutException)
            {
                // Whoever keeps the broker may have allowed by now what was refused.
            }
        }
    }
}
