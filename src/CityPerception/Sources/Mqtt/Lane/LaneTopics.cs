using System.Text;
using System.Text.Unicode;
using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Text;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>
/// Remembers, for one connection, which of its topics the lane may take: those of sources that wait for no scores from outside, to which nobody subscribes and the connection may publish.
/// Asked with the bytes of the packet, and without a lock.
/// </summary>
internal sealed class LaneTopics(TopicRoutes routes, CurrentPlan plan, Subscriptions subscriptions, Func<string, bool> mayPublish)
{
    // A gateway has as many topics as devices behind it.
    private const int MaxTopics = 20_000;

    private readonly Dictionary<byte[], TopicRoute?> _known = new(Utf8Comparer.Instance);
    private IngestPlan? _plan;
    private int _version = -1;

    /// <summary>The route of a topic that the lane may take, or null.</summary>
    public TopicRoute? Find(ReadOnlySpan<byte> topic)
    {
        if (!ReferenceEquals(_plan, plan.Plan) || _version != subscriptions.Version || _known.Count > MaxTopics) Forget();
        Dictionary<byte[], TopicRoute?>.AlternateLookup<ReadOnlySpan<byte>> byBytes = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byBytes.TryGetValue(topic, out TopicRoute? route)) return route;

        route = IsTopicName(topic) ? FindPlain(Encoding.UTF8.GetString(topic)) : null;
        byBytes[topic] = route;
        return route;
    }

    private TopicRoute? FindPlain(string topic)
    {
        TopicRoute found = routes.Find(topic);
        return found.Sources.Length > 0 && !found.IsScoredOutside && mayPublish(topic) && !subscriptions.AnyMatches(topic) ? found : null;
    }

    // MQTT 5.0, 3.3.2.1: no wildcards, and UTF-8 without NUL. What is no name is for the broker to refuse.
    private static bool IsTopicName(ReadOnlySpan<byte> topic) => !topic.ContainsAny("+#\0"u8) && Utf8.IsValid(topic);

    private void Forget()
    {
        _known.Clear();
        // Read before any topic is asked for: a change in between only makes this forget once more.
        (_plan, _version) = (plan.Plan, subscriptions.Version);
    }
}
