using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Decoding.Sparkplug;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>
/// Which topic filters each connection subscribes to. With a group all subscribe to all, and the broker shares the messages
/// out. Without one each filter belongs to one connection, always the same: subscriptions that are not shared survive a
/// restart of every broker, mosquitto 2.0 forgets those that are, and whatever is published before we are back is lost.
/// Sparkplug B is never shared: one connection of each worker has it all, and what several workers make of it is the same.
/// </summary>
internal sealed class TopicShares(CurrentPlan plan, int connections, string? group)
{
    private readonly ConcurrentDictionary<string, bool> _covered = new(StringComparer.Ordinal);

    /// <summary>Called when a topic filter is subscribed to that was not before.</summary>
    public event Action? Covered;

    /// <summary>The messages are meant to be shared with other workers.</summary>
    public bool IsShared => group is not null;

    /// <summary>The topic filters of all sources.</summary>
    public HashSet<string> All => [.. plan.Plan.Subscriptions];

    /// <summary>What a connection subscribes to: by filter as the broker gets it, the source's.</summary>
    /// <param name="number">The connection's.</param>
    /// <param name="canShare">The broker has shared subscriptions.</param>
    public Dictionary<string, string> Of(int number, bool canShare) => IsShared && canShare
        ? All.Where(t => !IsOrdered(t) || OwnerOf(t) == number).ToDictionary(t => IsOrdered(t) ? t : $"$share/{group}/{t}") // MQTT 5.0, 4.8.2
        : All.Where(t => OwnerOf(t) == number).ToDictionary(t => t);

    /// <summary>The broker has granted a subscription.</summary>
    public void Cover(string topic)
    {
        if (_covered.TryAdd(topic, true)) Covered?.Invoke();
    }

    /// <summary>
    /// Whether a subscription that a session has from before may be ended: nobody wants its messages, or they come by another
    /// connection already. For a moment they come by both, which changes nothing; the other way round they would be lost.
    /// </summary>
    public bool MayEnd(string filter)
    {
        string topic = Subscriptions.Plain(filter);
        return _covered.ContainsKey(topic) || !All.Contains(topic);
    }

    // Shared out, a node's births and data would go to different workers, and to one worker in any order.
    private static bool IsOrdered(string topic) => topic == SparkplugTopic.AllTopics;

    // The highest of random numbers that only depend on both: with one connection more or less few filters move.
    private int OwnerOf(string topic) => Enumerable.Range(0, connections).MaxBy(number => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{number} {topic}")));
}
