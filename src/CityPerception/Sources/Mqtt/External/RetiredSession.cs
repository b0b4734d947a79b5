using MQTTnet;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>
/// A session that is no longer wanted: there are fewer connections now, or another client identifier. The broker goes on
/// queuing messages for it; so it is emptied, unsubscribed when others have its topics, and ended.
/// </summary>
internal sealed class RetiredSession(string broker, string clientId, ClientFactory clients, SessionTopics topics, SessionMemory memory, TimeProvider clock, ILogger logger)
{
    // A broker says nothing when a queue is empty; it sends the next message as soon as the last is acknowledged.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>Ends it. Returns why it could not, or null.</summary>
    public async ValueTask<string?> RunAsync(CancellationToken stopping)
    {
        try
        {
            return await EmptyAsync(stopping) ?? await EndAsync(stopping);
        }
        catch (Exception e) when (ConnectionFault.IsExpected(e))
        {
            stopping.ThrowIfCancellationRequested();
            return ConnectionFault.Describe(e);
        }
    }

    private async Task<string?> EmptyAsync(CancellationToken stopping)
    {
        (ExternalClient client, MqttClientConnectResult answer) = await clients.ConnectAsync(startsAnew: false, will: null, stopping);
        await using (client)
        {
            if (answer.ResultCode is not MqttClientConnectResultCode.Success) return ConnectionFault.Describe(answer.ResultCode, answer.ReasonString);
            if (!answer.IsSessionPresent) return null;
            long seen = -1;
            do
            {
                await client.RequestAsync(token => topics.UpdateAsync(client.Client, [], token), stopping);
                seen = client.Channel!.Takes;
                if (await Task.WhenAny(client.Lost, Task.Delay(Silence, clock, stopping)) == client.Lost) return ConnectionFault.Describe(await client.Lost, clientId);
                stopping.ThrowIfCancellationRequested();
            }
            while (topics.HasToWait || !client.Channel.IsIdle || client.Channel.Takes != seen);

            return null;
        }
    }

    private async Task<string?> EndAsync(CancellationToken stopping)
    {
        (ExternalClient client, MqttClientConnectResult answer) = await clients.ConnectAsync(startsAnew: true, will: null, stopping);
        await using (client)
        {
            if (answer.ResultCode is not MqttClientConnectResultCode.Success) return ConnectionFault.Describe(answer.ResultCode, answer.ReasonString);
        }

        memory.Forget(broker, clientId);
        logger.SessionEnded(broker, clientId);
        return null;
    }
}
