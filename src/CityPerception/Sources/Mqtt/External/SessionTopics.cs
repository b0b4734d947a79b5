using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>
/// Brings the subscriptions of one session to what the configuration asks for, whatever the session had before: new topic
/// filters are subscribed to first, then those that are no longer wanted are unsubscribed from. What the broker has queued
/// under them still comes, and becomes a dead letter where no source takes it.
/// </summary>
internal sealed class SessionTopics(string broker, string clientId, SessionMemory memory, TopicShares shares, BrokerState state, ILogger logger)
{
    // AWS IoT Core takes no more in one SUBSCRIBE or UNSUBSCRIBE.
    private const int FiltersAPacket = 8;

    private readonly HashSet<string> _granted = new(StringComparer.Ordinal);

    /// <summary>There are filters that the broker refuses.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>There are filters that another connection has to take over before this one may end them.</summary>
    public bool HasToWait { get; private set; }

    /// <summary>Whether the broker may have subscriptions of an earlier connection.</summary>
    public bool HasEarlier => memory.Filters(broker, clientId).Length > 0;

    /// <summary>A connection has begun: everything is subscribed to again, since nobody can ask a broker what it still knows.</summary>
    public void Begin() => _granted.Clear();

    /// <summary>Subscribes and unsubscribes.</summary>
    /// <param name="client">Connected.</param>
    /// <param name="wanted">What is wanted of this session: by filter, the source's.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task UpdateAsync(IMqttClient client, Dictionary<string, string> wanted, CancellationToken cancellationToken)
    {
        string[] earlier = [.. memory.Filters(broker, clientId).Where(f => !wanted.ContainsKey(f))];
        memory.Remember(broker, clientId, [.. wanted.Keys, .. earlier]);
        state.Wanted(shares.All);
        HasRefused = false;
        foreach (string[] filters in wanted.Keys.Where(f => !_granted.Contains(f)).Chunk(FiltersAPacket)) await SubscribeAsync(client, filters, wanted, cancellationToken);

        string[] ending = [.. earlier.Where(shares.MayEnd)];
        HasToWait = ending.Length < earlier.Length;
        List<string> stuck = [];
        foreach (string[] filters in ending.Chunk(FiltersAPacket)) stuck.AddRange(await UnsubscribeAsync(client, filters, cancellationToken));
        memory.Remember(broker, clientId, [.. wanted.Keys, .. earlier.Except(ending), .. stuck]);
    }

    private async Task SubscribeAsync(IMqttClient client, string[] filters, Dictionary<string, string> topicOf, CancellationToken cancellationToken)
    {
        var options = new MqttClientSubscribeOptions { TopicFilters = [.. filters.Select(f => Filter(f, client.Options.ProtocolVersion))] };
        MqttClientSubscribeResult result = await client.SubscribeAsync(options, cancellationToken);
        foreach ((string filter, MqttClientSubscribeResultItem item) in filters.Zip(result.Items))
        {
            string? refusal = item.ResultCode switch
            {
                MqttClientSubscribeResultCode.GrantedQoS1 or MqttClientSubscribeResultCode.GrantedQoS2 => null,
                MqttClientSubscribeResultCode.GrantedQoS0 => "granted with QoS 0 only: what is under way when a connection breaks would be lost",
                { } code => ConnectionFault.Name(code) + (string.IsNullOrEmpty(result.ReasonString) ? "" : $" '{result.ReasonString}'"),
            };
            state.Answered(topicOf[filter], refusal);
            HasRefused |= refusal is not null;
            if (refusal is not null) continue;
            _granted.Add(filter);
            shares.Cover(topicOf[filter]);
        }
    }

    // MQTT 5: what is retained comes with a new subscription only, not after each connection.
    private static MqttTopicFilter Filter(string filter, MqttProtocolVersion version) => new()
    {
        Topic = filter,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        RetainHandling = version is MqttProtocolVersion.V500 ? MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly : MqttRetainHandling.SendAtSubscribe,
    };

    // Returns what the broker would not end.
    private async Task<List<string>> UnsubscribeAsync(IMqttClient client, string[] filters, CancellationToken cancellationToken)
    {
        MqttClientUnsubscribeResult result = await client.UnsubscribeAsync(new MqttClientUnsubscribeOptions { TopicFilters = [.. filters] }, cancellationToken);
        List<string> stuck = [];
        // Before MQTT 5 the answer has no codes: it is a success.
        if (client.Options.ProtocolVersion == MqttProtocolVersion.V500)
        {
            foreach ((string filter, MqttClientUnsubscribeResultItem item) in filters.Zip(result.Items))
            {
                if (item.ResultCode is MqttClientUnsubscribeResultCode.Success or MqttClientUnsubscribeResultCode.NoSubscriptionExisted) continue;
                logger.NotUnsubscribed(broker, filter, ConnectionFault.Name(item.ResultCode));
                stuck.Add(filter);
            }
        }

        _granted.ExceptWith(filters);
        if (stuck.Count < filters.Length) logger.Unsubscribed(broker, string.Join(", ", filters.Except(stuck)));
        return stuck;
    }
}
