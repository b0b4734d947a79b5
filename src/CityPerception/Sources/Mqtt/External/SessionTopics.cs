using System.Collections.Immutable;
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
internal sealed class SessionTopics(string broker, string clientId, SessionMemory memory, BrokerState state, ILogger logger)
{
    // AWS IoT Core takes no more in one SUBSCRIBE or UNSUBSCRIBE.
    private const int FiltersAPacket = 8;

    private readonly HashSet<string> _granted = new(StringComparer.Ordinal);

    /// <summary>There are filters that the broker refuses.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>Whether the broker may have subscriptions of an earlier connection.</summary>
    public bool HasEarlier => memory.Filters(broker, clientId).Length > 0;

    /// <summary>A connection has begun: everything is subscribed to again, since nobody can ask a broker what it still knows.</summary>
    public void Begin() => _granted.Clear();

    /// <summary>Subscribes and unsubscribes.</summary>
    /// <param name="client">Connected.</param>
    /// <param name="topics">The topic filters of the sources.</param>
    /// <param name="group">The group to share them with; null where the broker cannot share.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task UpdateAsync(IMqttClient client, ImmutableArray<string> topics, string? group, CancellationToken cancellationToken)
    {
        // MQTT 5.0, 4.8.2
        string Shared(string topic) => group is null ? topic : $"$share/{group}/{topic}";
        Dictionary<string, string> wanted = topics.Distinct().ToDictionary(Shared);
        string[] unwanted = [.. memory.Filters(broker, clientId).Where(f => !wanted.ContainsKey(f))];

        memory.Remember(broker, clientId, [.. wanted.Keys, .. unwanted]);
        HasRefused = false;
        if (topics.Length > 0) state.Wanted(topics);
        foreach (string[] filters in wanted.Keys.Where(f => !_granted.Contains(f)).Chunk(FiltersAPacket)) await SubscribeAsync(client, filters, wanted, cancellationToken);

        List<string> stuck = [];
        foreach (string[] filters in unwanted.Chunk(FiltersAPacket)) stuck.AddRange(await UnsubscribeAsync(client, filters, cancellationToken));
        memory.Remember(broker, clientId, [.. wanted.Keys, .. stuck]);
    }

    private async Task SubscribeAsync(IMqttClient client, string[] filters, Dictionary<string, string> topicOf, CancellationToken cancellationToken)
    {
        var options = new MqttClientSubscribeOptions { TopicFilters = [.. filters.Select(Filter)] };
        MqttClientSubscribeResult result = await client.SubscribeAsync(options, cancellationToken);
        foreach ((string filter, MqttClientSubscribeResultItem item) in filters.Zip(result.Items))
        {
            string? refusal = item.ResultCode switch
            {
                MqttClientSubscribeResultCode.GrantedQoS1 or MqttClientSubscribeResultCode.GrantedQoS2 => null,
                MqttClientSubscribeResultCode.GrantedQoS0 => "granted with QoS 0 only: what is under way when a connection breaks would be lost",
                { } code => ConnectionFault.Name(code) + (string.IsNullOrEmpty(result.ReasonString) ? "" : $" '{result.ReasonString}'"),
            };
            if (refusal is null) _granted.Add(filter);
            else HasRefused = true;
            state.Answered(topicOf[filter], refusal);
        }
    }

    // MQTT 5: what is retained comes with a new subscription only, not after each connection.
    private static MqttTopicFilter Filter(string filter) => new()
    {
        Topic = filter,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        RetainHandling = MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly,
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
        logger.Unsubscribed(broker, string.Join(", ", filters.Except(stuck)));
        return stuck;
    }
}
